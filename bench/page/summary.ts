/**
 * Turns the page's measurements into the figures of the table and the targets. Knows numbers; measures and prints
 * nothing.
 */

import { median } from '../harness/statistics.js';
import type { Target } from '../harness/target.js';
import type { HeapSample, PageFigures, Stretch } from './figures.js';
import { LONG_TASK_MS, type LongTask } from './trace.js';
import { type Flatness, flatnessOf, slopePerMinute, type Tolerance } from './trend.js';

export interface PageSummary {
  /** Fractions of the measured time, for the main thread. */
  readonly shares: {
    /** Wall time of its tasks. */
    readonly busy: number;
    /** CPU time it got. */
    readonly cpu: number;
    /** Ready to run but without a core. */
    readonly waiting: number;
    readonly script: number;
    readonly layout: number;
    readonly style: number;
  };
  readonly framesPerSecond: number;
  readonly messagesPerSecond: number;
  readonly heap: Flatness & { readonly bytesPerMinute: number };
  readonly nodes: Flatness;
  readonly listeners: Flatness;
  /** Long by CPU time of the thread. */
  readonly longTasks: readonly LongTask[];
  /** Long by wall time, including those above. */
  readonly wallLongTasks: readonly LongTask[];
  readonly targets: readonly Target[];
  /** What makes a figure doubtful, for people. */
  readonly doubts: readonly string[];
}

const BUSY_LIMIT = 0.3;
/** From a key to its score, for a person who types: the median. */
const KEY_LIMIT_MS = 150;
const HEAP: Tolerance = { share: 0.05, absolute: 1_000_000 };
/** The list of messages and the marks of gaps come and go. */
const NODES: Tolerance = { share: 0.02, absolute: 20 };
const LISTENERS: Tolerance = { share: 0, absolute: 2 };
/** Below this fraction, the load was not the requested one. */
const LEAST_RATE_SHARE = 0.95;
/** Aggregates come once a second, and the message count may be at the other end of one. */
const MAX_BEHIND_SECONDS = 2;
/** Fraction of the time: above it, wall times depend as much on the machine as on the page. */
const NOTABLE_WAIT = 0.03;
/** In cores. */
const NOTABLE_OTHERS = 0.1;

export function summarisePage(figures: PageFigures, asked: { readonly rate: number }): PageSummary {
  const { stretches, heap, load } = figures;
  const shares = {
    busy: shareOf(stretches, 'taskSeconds'),
    cpu: shareOf(stretches, 'cpuSeconds'),
    waiting: shareOf(stretches, 'waitSeconds'),
    script: shareOf(stretches, 'scriptSeconds'),
    layout: shareOf(stretches, 'layoutSeconds'),
    style: shareOf(stretches, 'styleSeconds'),
  };
  const wallLongTasks = stretches.flatMap(({ longTasks }) => longTasks);
  const flatness = (name: keyof HeapSample, tolerance: Tolerance): Flatness =>
    flatnessOf(
      heap.map((sample) => sample[name]),
      tolerance,
    );
  const figuresOfTargets = {
    shares,
    framesPerSecond: median(stretches.flatMap(({ frames }) => frames)),
    messagesPerSecond: load.published / load.seconds,
    heap: {
      ...flatness('bytes', HEAP),
      bytesPerMinute: slopePerMinute(heap.map(({ atSeconds, bytes }) => ({ atSeconds, value: bytes }))),
    },
    nodes: flatness('nodes', NODES),
    listeners: flatness('listeners', LISTENERS),
    longTasks: wallLongTasks.filter(({ cpuMs }) => cpuMs > LONG_TASK_MS),
    wallLongTasks,
  };
  return {
    ...figuresOfTargets,
    targets: targetsOf(figures, figuresOfTargets, asked.rate),
    doubts: doubtsOf(figures, figuresOfTargets.shares),
  };
}

function targetsOf(
  { stretches, keyMs, before, after, problems }: PageFigures,
  summary: Omit<PageSummary, 'targets' | 'doubts'>,
  rate: number,
): readonly Target[] {
  const { shares, heap, nodes, listeners, longTasks, wallLongTasks, messagesPerSecond } = summary;
  const isWaiting = shares.waiting > NOTABLE_WAIT;
  const key = median(keyMs);
  const observed = stretches.reduce((sum, one) => sum + one.observedLongTasks, 0);
  const behind = Math.max(...stretches.map(({ published, offsets }) => (published - offsets) / rate));
  const least = rate * LEAST_RATE_SHARE;
  const growth = ({ secondThird, lastThird }: Flatness, text: (value: number) => string): string =>
    `${text(secondThird)}, then ${text(lastThird)}`;
  const lost = [
    count(after.gaps - before.gaps, 'gap'),
    count(after.reconnects - before.reconnects, 'reconnect'),
    count(after.skippedWindows - before.skippedWindows, 'window skipped', 'windows skipped'),
  ];
  return [
    {
      name: 'messages a second, published and answered',
      measured: messagesPerSecond.toFixed(0),
      expected: `at least ${least.toFixed(0)}`,
      isMet: messagesPerSecond >= least,
    },
    {
      name: 'main thread, CPU time',
      measured: percent(shares.cpu),
      expected: `below ${percent(BUSY_LIMIT)}`,
      isMet: shares.cpu < BUSY_LIMIT,
    },
    {
      name: 'main thread, wall time of its tasks',
      measured: percent(shares.busy),
      expected: `below ${percent(BUSY_LIMIT)}`,
      // Waiting for a core is caused by the machine: passing despite it is certain, failing is not.
      isMet: shares.busy < BUSY_LIMIT ? true : isWaiting ? undefined : false,
    },
    {
      name: `tasks over ${LONG_TASK_MS} ms, CPU time`,
      measured: `${longTasks.length} (by wall time ${wallLongTasks.length}, as the page sees it ${observed})`,
      expected: 'none',
      isMet: longTasks.length === 0,
    },
    {
      name: 'heap after collection, second and last third',
      measured: `${growth(heap, megabytes)} (${heap.bytesPerMinute > 0 ? '+' : ''}${megabytes(heap.bytesPerMinute)} a minute)`,
      expected: `at most +${percent(HEAP.share)} or +${megabytes(HEAP.absolute)}`,
      isMet: heap.isFlat,
    },
    { name: 'DOM nodes', measured: growth(nodes, whole), expected: 'no growth', isMet: nodes.isFlat },
    { name: 'event listeners', measured: growth(listeners, whole), expected: 'no growth', isMet: listeners.isFlat },
    {
      name: 'offset shown, furthest behind in one part',
      measured: `${Math.max(0, behind).toFixed(1)} s of messages`,
      expected: `at most ${MAX_BEHIND_SECONDS} s`,
      isMet: behind <= MAX_BEHIND_SECONDS,
    },
    {
      name: 'what the page missed',
      measured: lost.join(', '),
      expected: 'nothing',
      isMet: after.gaps === before.gaps && after.reconnects === before.reconnects && sameWindows(before, after),
    },
    {
      name: 'from a key to its score, median',
      measured: `${key.toFixed(0)} ms`,
      expected: `at most ${KEY_LIMIT_MS} ms`,
      isMet: key <= KEY_LIMIT_MS ? true : isWaiting ? undefined : false,
    },
    {
      name: 'the page at the end',
      measured: `${after.state}, ${count(problems.length, 'error')}`,
      expected: 'live, 0 errors',
      isMet: after.state === 'live' && problems.length === 0,
    },
  ];
}

function sameWindows(before: PageFigures['before'], after: PageFigures['after']): boolean {
  return after.skippedWindows === before.skippedWindows;
}

function doubtsOf(
  { stretches, load, problems }: PageFigures,
  { waiting, busy }: PageSummary['shares'],
): readonly string[] {
  const doubts: string[] = [];
  if (load.cores.others > NOTABLE_OTHERS) {
    doubts.push(
      `other processes took ${load.cores.others.toFixed(2)} cores: stop them and run again for figures to quote`,
    );
  }
  if (waiting > NOTABLE_WAIT) {
    const verdict = busy < BUSY_LIMIT ? '' : ', so they are not judged';
    doubts.push(
      `the page's main thread waited for a core for ${percent(waiting)} of the time: wall times are longer than the page makes them${verdict}`,
    );
  }
  if (load.failed > 0) doubts.push(`${count(load.failed, 'message')} of the publisher failed`);
  if (load.viewerSkipped + load.viewerGaps > 0) {
    const left = count(load.viewerSkipped, 'item');
    doubts.push(`the viewers beside the page did not keep up: ${left} left out, ${count(load.viewerGaps, 'gap')}`);
  }
  if (stretches.some(({ isTraceCut }) => isTraceCut)) doubts.push('the trace was cut: long tasks may be missing');
  for (const problem of problems) doubts.push(`in the page: ${problem}`);
  return doubts;
}

type Seconds = 'taskSeconds' | 'cpuSeconds' | 'waitSeconds' | 'scriptSeconds' | 'layoutSeconds' | 'styleSeconds';

function shareOf(stretches: readonly Stretch[], name: Seconds): number {
  const sum = (field: Seconds | 'seconds'): number => stretches.reduce((total, one) => total + one[field], 0);
  return sum(name) / sum('seconds');
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function whole(value: number): string {
  return value.toFixed(0);
}

function count(value: number, one: string, many = `${one}s`): string {
  return `${value} ${value === 1 ? one : many}`;
}
