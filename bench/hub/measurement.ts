/**
 * One measurement: one server, started for it, under closed-loop load from a number of sockets for some seconds. Knows
 * how server and loaders are combined; knows nothing of rounds, ratios or targets.
 */

import { LatencyHistogram } from '../harness/latency-histogram.js';
import { machineCpuSeconds } from '../harness/process-cpu.js';
import { LoaderProcess } from '../load/loader-process.js';
import { type ServerName, ServerProcess, type ServerSetting } from '../servers/server-process.js';

export interface MeasurementPlan {
  readonly server: ServerName;
  readonly setting: ServerSetting;
  readonly sockets: number;
  readonly loaders: number;
  readonly pipeline: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Counts of loaders and machine while a server was under load. */
export interface LoadFigures {
  readonly predictionsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** CPU of the server's process per prediction, all threads. */
  readonly serverCpuUs: number;
  /** CPU seconds per second: 1 is a full core. */
  readonly serverLoad: number;
  /** Of all loaders together, which share one core. */
  readonly loaderLoad: number;
  /** Of everything else on the machine, in cores: what disturbed the measurement. */
  readonly otherLoad: number;
  readonly answered: number;
  /** Answers compared with the right one. */
  readonly checked: number;
  readonly answerBytes: number;
}

export interface Measurement extends LoadFigures {
  readonly server: ServerName;
  readonly sockets: number;
  /** Rows per batch by the hub's own count, warm-up included. */
  readonly meanBatch?: number;
}

export async function measure(plan: MeasurementPlan): Promise<Measurement> {
  const server = await ServerProcess.start(plan.server, plan.setting);
  try {
    const loaders = openLoaders(server, plan);
    try {
      await Promise.all(loaders.map((loader) => loader.opened()));
      const counted = { server: plan.server, sockets: plan.sockets, ...(await countLoad(server, loaders, plan)) };
      const totals = await server.end();
      return totals === undefined ? counted : { ...counted, meanBatch: totals.rows / totals.batches };
    } finally {
      await Promise.all(loaders.map((loader) => loader.close()));
    }
  } finally {
    await server.end();
  }
}

/** Loads a server and counts after the warm-up; the load continues. */
export async function countLoad(
  server: ServerProcess,
  loaders: readonly LoaderProcess[],
  { warmUpSeconds, seconds }: Pick<MeasurementPlan, 'warmUpSeconds' | 'seconds'>,
): Promise<LoadFigures> {
  for (const loader of loaders) loader.start();
  await Promise.all(loaders.map((loader) => loader.run(warmUpSeconds)));
  await Promise.all(loaders.map((loader) => loader.begin()));
  const startedAt = performance.now();
  const [startedCpu, machineCpu] = [server.cpuSeconds(), machineCpuSeconds()];
  await Promise.all(loaders.map((loader) => loader.run(seconds)));
  const elapsed = (performance.now() - startedAt) / 1000;
  const serverLoad = (server.cpuSeconds() - startedCpu) / elapsed;
  const machineLoad = (machineCpuSeconds() - machineCpu) / elapsed;
  const counts = await Promise.all(loaders.map((loader) => loader.end()));
  const sum = (figure: (count: (typeof counts)[number]) => number) =>
    counts.reduce((total, count) => total + figure(count), 0);
  const predictionsPerSecond = sum((count) => count.answered / count.seconds);
  const latencyUs = LatencyHistogram.of(...counts.map((count) => count.latencyUs));
  const answered = sum((count) => count.answered);
  const loaderLoad = sum((count) => count.cpuSeconds / count.seconds);
  return {
    predictionsPerSecond,
    p50Us: latencyUs.percentile(0.5),
    p99Us: latencyUs.percentile(0.99),
    serverCpuUs: (serverLoad / predictionsPerSecond) * 1e6,
    serverLoad,
    loaderLoad,
    otherLoad: Math.max(0, machineLoad - serverLoad - loaderLoad),
    answered,
    checked: sum((count) => count.checked),
    answerBytes: sum((count) => count.answerBytes * count.answered) / answered,
  };
}

/** Spreads the sockets over the loaders; a loader without sockets is not started. */
function openLoaders(server: ServerProcess, { sockets, loaders, pipeline }: MeasurementPlan): readonly LoaderProcess[] {
  const processes = Math.min(loaders, sockets);
  return Array.from({ length: processes }, (_, at) => {
    const share = Math.floor(sockets / processes) + (at < sockets % processes ? 1 : 0);
    return new LoaderProcess({ port: server.port, sockets: share, pipeline, awaitHello: server.name === 'hub' });
  });
}
