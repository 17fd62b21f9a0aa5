/** Times runs in short slices, in turn. Knows functions and clocks; knows no engines. */

import { inTurns } from '../harness/turns.js';

/** One batch; a promise only where it does not end at once. */
export type Run = () => unknown;

export interface Timed {
  /** Of one run. */
  readonly us: number;
  /** Processor time of one run, all threads of this process. */
  readonly cpuUs: number;
}

/** Slices of each; fewer, but two, of what takes longer. */
const [LEAST_SLICES, MOST_SLICES] = [2, 20] as const;
/** The share of slices that are quicker: other processes only ever make a slice longer. */
const QUARTILE = 0.25;

/**
 * The quartile of the slices of each: what disturbs most of them does not count, and one that was lucky does not either.
 *
 * @param ms in which each runs
 * @param onceUs about what one run takes
 */
export async function timeInTurns<const Name extends string>(
  runs: Readonly<Record<Name, Run>>,
  ms: number,
  onceUs: number,
): Promise<Readonly<Record<Name, Timed>>> {
  const names = Object.keys(runs) as Name[];
  const count = slicesOf(ms, onceUs);
  const slices = await inTurns(names, count, (name) => runFor(runs[name], ms / count));
  const timed = names.map((name) => [name, quartileOf(slices[name])] as const);
  // Every name has its figures.
  return Object.fromEntries(timed) as Record<Name, Timed>;
}

export function slicesOf(ms: number, onceUs: number): number {
  return Math.max(LEAST_SLICES, Math.min(MOST_SLICES, Math.floor((ms * 1000) / onceUs)));
}

/** Runs until the time is over, once at least. */
export async function runFor(run: Run, ms: number): Promise<Timed> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  let [runs, now] = [0, startedAt];
  do {
    const running = run();
    // To await what is no promise would cost a turn of the queue.
    if (running instanceof Promise) await running;
    runs += 1;
    now = performance.now();
  } while (now < startedAt + ms);
  const { user, system } = process.cpuUsage(cpu);
  return { us: ((now - startedAt) * 1000) / runs, cpuUs: (user + system) / runs };
}

/** Of each figure by itself. */
function quartileOf(slices: readonly Timed[]): Timed {
  return { us: quartile(slices.map(({ us }) => us)), cpuUs: quartile(slices.map(({ cpuUs }) => cpuUs)) };
}

export function quartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(QUARTILE * sorted.length)] ?? Number.NaN;
}
