/**
 * Windows for many viewers: the cost of a thousand beyond one, on a stream of thousands of predictions per second,
 * beside a bare room that casts the same frames once a second.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { CastProcess } from './cast-process.js';
import { STREAM } from './cast-workload.js';
import { Viewers } from './viewers.js';

export interface AggregatePlan {
  readonly viewers: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly rounds: number;
}

export interface AggregateFigure {
  /** CPU of the server per second, in microseconds: with all viewers minus with one, round by round. */
  readonly hubUs: readonly number[];
  readonly roomUs: readonly number[];
  readonly frameBytes: number;
}

interface Side {
  readonly server: CastProcess;
  readonly viewers: Viewers;
  frames: number;
  last: string;
}

export async function measureAggregate(plan: AggregatePlan, say: (text: string) => void): Promise<AggregateFigure> {
  const hub = await openSide('hub', { stream: STREAM, mode: 'aggregate', windowMs: 1000, history: 0 });
  const room = await openSide('room', { stream: STREAM });
  try {
    hub.server.order({ kind: 'rate', perSecond: plan.perSecond });
    await Promise.all([hub, room].map(({ viewers }) => viewers.open(1)));
    while (hub.frames < 3) await delay(100);
    room.server.order({ kind: 'payload', payload: JSON.parse(hub.last)[1] });
    room.server.order({ kind: 'rate', perSecond: 1 });
    const figures = { hubUs: [] as number[], roomUs: [] as number[] };
    // Alternating in both orders, so that drift affects all four.
    for (let round = 0; round < plan.rounds; round++) {
      await viewAll([hub, room], plan.viewers);
      const many = await cpuOf([hub, room], plan, plan.viewers);
      for (const { viewers } of [hub, room]) viewers.close(1);
      await delay(1000);
      const one = await cpuOf([hub, room], plan, 1);
      figures.hubUs.push((many[0] ?? 0) - (one[0] ?? 0));
      figures.roomUs.push((many[1] ?? 0) - (one[1] ?? 0));
      const text = [figures.hubUs, figures.roomUs].map((list) => `${Math.round(list.at(-1) ?? 0)} us`).join(', room ');
      say(`windows to ${plan.viewers} viewers less to one, CPU a second: hub ${text}`);
    }
    return { ...figures, frameBytes: hub.last.length };
  } finally {
    for (const { server, viewers } of [hub, room]) {
      viewers.close();
      await server.end();
    }
  }
}

async function openSide(kind: 'hub' | 'room', request: object): Promise<Side> {
  const server = await CastProcess.start(kind);
  const side: Side = {
    server,
    frames: 0,
    last: '',
    viewers: new Viewers({
      port: server.port,
      awaitHello: kind === 'hub',
      request,
      failed: (reason) => {
        throw new Error(`windows by ${kind}: ${reason}`);
      },
      onFrame: (bytes, start, end) => {
        side.frames += 1;
        if (side.frames % 100 === 1 || side.frames < 5) side.last = bytes.toString('utf8', start + 2, end);
      },
    }),
  };
  return side;
}

async function viewAll(sides: readonly Side[], count: number): Promise<void> {
  for (const { viewers } of sides) await viewers.open(count - viewers.size);
  await delay(2000);
}

/**
 * CPU per second of each, in microseconds. Measuring one after the other would double the time; they share a core, and
 * each reports its own.
 */
async function cpuOf(sides: readonly Side[], { seconds }: AggregatePlan, viewers: number): Promise<readonly number[]> {
  const before = await Promise.all(sides.map(({ server }) => server.cpuUs()));
  const frames = sides.map((side) => side.frames);
  await delay(1000 * seconds);
  const after = await Promise.all(sides.map(({ server }) => server.cpuUs()));
  for (const [i, side] of sides.entries()) {
    const got = side.frames - (frames[i] ?? 0);
    const due = viewers * seconds;
    if (got < due * 0.8 - viewers || got > due * 1.2 + viewers)
      throw new Error(
        `${side.server.kind} sent ${got} frames to ${viewers} viewers in ${seconds} s, expected about ${due}`,
      );
  }
  return after.map((us, i) => (us - (before[i] ?? 0)) / seconds);
}
