/**
 * One measurement: one server, started for it, under closed-loop load from a number of sockets for some seconds.
 * Knows how server and loaders come together; knows nothing of rounds, ratios or targets.
 */

import { Histogram } from '../harness/histogram.js';
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

export interface Measurement {
  readonly server: ServerName;
  readonly sockets: number;
  readonly predictionsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** CPU of the server's process for one prediction, all threads. */
  readonly serverCpuUs: number;
  /** CPU seconds in a second: 1 is a full core. */
  readonly serverLoad: number;
  /** Of all loaders together, which share one core. */
  readonly loaderLoad: number;
  /** Of everything else on the machine: what disturbed the measurement, in cores. */
  readonly otherLoad: number;
  /** Rows a batch, from the hub's own count; the warm-up is in it. */
  readonly meanBatch?: number;
  /** Rows of the prediction log, where the hub kept one; the warm-up is in them. */
  readonly loggedRows?: number;
  readonly droppedRows?: number;
  readonly answered: number;
  /** Answers compared with the right one. */
  readonly checked: number;
  readonly answerBytes: number;
}

export async function measure(plan: MeasurementPlan): Promise<Measurement> {
  const server = await ServerProcess.start(plan.server, plan.setting);
  try {
    const counted = await load(server, plan);
    const totals = await server.end();
    if (totals === undefined) return counted;
    const { rows, batches, log } = totals;
    const logged = log === undefined ? {} : { loggedRows: log.written, droppedRows: log.dropped };
    return { ...counted, meanBatch: rows / batches, ...logged };
  } finally {
    await server.end();
  }
}

async function load(server: ServerProcess, plan: MeasurementPlan): Promise<Measurement> {
  const loaders = openLoaders(server, plan);
  try {
    await Promise.all(loaders.map((loader) => loader.opened()));
    for (const loader of loaders) loader.start();
    await Promise.all(loaders.map((loader) => loader.run(plan.warmUpSeconds)));
    await Promise.all(loaders.map((loader) => loader.begin()));
    const startedAt = performance.now();
    const startedCpu = server.cpuSeconds();
    const machineCpu = machineCpuSeconds();
    await Promise.all(loaders.map((loader) => loader.run(plan.seconds)));
    const elapsed = (performance.now() - startedAt) / 1000;
    const serverLoad = (server.cpuSeconds() - startedCpu) / elapsed;
    const machineLoad = (machineCpuSeconds() - machineCpu) / elapsed;
    const counts = await Promise.all(loaders.map((loader) => loader.end()));
    const sum = (figure: (count: (typeof counts)[number]) => number) =>
      counts.reduce((total, count) => total + figure(count), 0);
    const predictionsPerSecond = sum(({ answered, seconds }) => answered / seconds);
    const latencyUs = Histogram.of(...counts.map((count) => count.latencyUs));
    const answered = sum((count) => count.answered);
    const loaderLoad = sum(({ cpuSeconds, seconds }) => cpuSeconds / seconds);
    return {
      server: plan.server,
      sockets: plan.sockets,
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
  } finally {
    await Promise.all(loaders.map((loader) => loader.close()));
  }
}

/** Spreads the sockets over the loaders; one that would get none is not started. */
function openLoaders(server: ServerProcess, { sockets, loaders, pipeline }: MeasurementPlan): readonly LoaderProcess[] {
  const processes = Math.min(loaders, sockets);
  return Array.from({ length: processes }, (_, at) => {
    const share = Math.floor(sockets / processes) + (at < sockets % processes ? 1 : 0);
    return new LoaderProcess({ port: server.port, sockets: share, pipeline, awaitHello: server.name === 'hub' });
  });
}
