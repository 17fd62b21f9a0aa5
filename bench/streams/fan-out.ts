/**
 * Fan-out in mode `all`: one item to many viewers, as fast as the server can, by the hub and by a bare Socket.IO room
 * in turn.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { inTurns } from '../harness/turns.js';
import { type CastKind, CastProcess } from './cast-process.js';
import { STREAM } from './cast-workload.js';
import { Viewers } from './viewers.js';

export interface FanOutFigure {
  readonly kind: CastKind;
  readonly viewers: number;
  readonly deliveriesPerSecond: number;
  readonly cpuUs: number;
  readonly frameBytes: number;
}

export interface FanOutPlan {
  readonly rounds: number;
  readonly viewers: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** Rounds that the server may be ahead of the slowest viewer. */
const AHEAD = 4;

/** The bare room and the hub in turn. */
export async function measureFanOuts(plan: FanOutPlan, say: (line: string) => void): Promise<readonly FanOutFigure[]> {
  const measure = async (kind: CastKind): Promise<FanOutFigure> => {
    const figure = await measureFanOut(kind, plan);
    const { deliveriesPerSecond, cpuUs, frameBytes } = figure;
    const rate = `${Math.round(deliveriesPerSecond)} deliveries/s, ${cpuUs.toFixed(2)} us CPU each`;
    say(`fan-out to ${plan.viewers} by ${kind}: ${rate}, ${Math.round(frameBytes)} bytes`);
    return figure;
  };
  const { room, hub } = await inTurns(['room', 'hub'], plan.rounds, measure);
  return [...room, ...hub];
}

/** One server, started for it. */
async function measureFanOut(kind: CastKind, plan: FanOutPlan): Promise<FanOutFigure> {
  const server = await CastProcess.start(kind);
  let frames = 0;
  let bytes = 0;
  let failure: string | undefined;
  const viewers = new Viewers({
    port: server.port,
    awaitHello: kind === 'hub',
    request: { stream: STREAM, history: 0 },
    failed: (reason) => {
      failure ??= reason;
    },
    onFrame: (_, start, end) => {
      frames += 1;
      bytes += end - start;
      if (frames % plan.viewers === 0) server.order({ kind: 'credit', rounds: 1 });
    },
  });
  try {
    await viewers.open(plan.viewers);
    server.order({ kind: 'credit', rounds: AHEAD });
    await delay(1000 * plan.warmUpSeconds);
    const before = { frames, bytes, cpu: await server.cpuUs(), at: performance.now() };
    await delay(1000 * plan.seconds);
    const counted = frames - before.frames;
    const seconds = (performance.now() - before.at) / 1000;
    const cpu = (await server.cpuUs()) - before.cpu;
    if (failure !== undefined || counted === 0) throw new Error(`fan-out by ${kind}: ${failure ?? 'nothing came'}`);
    return {
      kind,
      viewers: plan.viewers,
      deliveriesPerSecond: counted / seconds,
      cpuUs: cpu / counted,
      frameBytes: (bytes - before.bytes) / counted,
    };
  } finally {
    viewers.close();
    await server.end();
  }
}
