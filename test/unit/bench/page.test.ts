import { expect, test } from 'vitest';
import { targetTable } from '../../../bench/harness/target.js';
import type { HeapSample, PageFigures, Stretch } from '../../../bench/page/figures.js';
import { parseSight } from '../../../bench/page/probe.js';
import { tablesOf } from '../../../bench/page/report.js';
import { scheduleOf } from '../../../bench/page/schedule.js';
import { summarisePage } from '../../../bench/page/summary.js';
import { tasksOf } from '../../../bench/page/trace.js';
import { flatnessOf, slopePerMinute } from '../../../bench/page/trend.js';

test('the measured time has a part for each minute, and six where that would be fewer', () => {
  expect(scheduleOf(10)).toEqual({ stretches: 10, stretchSeconds: 60 });
  expect(scheduleOf(0.5)).toEqual({ stretches: 6, stretchSeconds: 5 });
});

test('the slope is that of the line through the points, a minute', () => {
  const points = [0, 60, 120].map((atSeconds) => ({ atSeconds, value: 100 + atSeconds / 2 }));
  expect(slopePerMinute(points)).toBeCloseTo(30);
  expect(slopePerMinute(points.slice(0, 1))).toBeNaN();
});

test('growth in the last third counts, while stores fill and garbage falls it does not', () => {
  const tolerance = { share: 0.05, absolute: 10 };
  expect(flatnessOf([0, 0, 1000, 1000, 1040, 1060], tolerance)).toEqual({
    secondThird: 1000,
    lastThird: 1050,
    isFlat: true,
  });
  expect(flatnessOf([1000, 1000, 1000, 1000, 1100, 1100], tolerance).isFlat).toBe(false);
  expect(flatnessOf([100, 100, 100, 100, 109, 109], tolerance).isFlat).toBe(true);
  expect(flatnessOf([1000, 1000, 1000, 1000, 500, 500], tolerance).isFlat).toBe(true);
});

const onMain = { ph: 'X', pid: 7, tid: 7 };

test('long tasks are those of the main thread within the part, with their CPU time and what they consist of', () => {
  const task = { ...onMain, name: 'RunTask', dur: 80_000, tdur: 12_000 };
  const events = [
    { ...task, ts: 1_500_000 },
    { ...onMain, name: 'Paint', ts: 1_510_000, dur: 40_000, tdur: 3000 },
    { ...onMain, name: 'Paint', ts: 1_511_000, dur: 39_000, tdur: 3000 },
    { ...onMain, name: 'RunTask', ts: 1_700_000, dur: 4000, tdur: 3000 },
    { ...task, ts: 1_600_000, tid: 8 },
    { ...task, ts: 900_000 },
    { ...task, ts: 2_000_000 },
  ];
  expect(tasksOf(events, { pid: 7, fromSeconds: 1, toSeconds: 2 })).toEqual({
    tasks: 2,
    cpuSeconds: 0.015,
    long: [{ atSeconds: 0.5, wallMs: 80, cpuMs: 12, parts: ['Paint 40 ms (CPU 3 ms)'] }],
  });
});

test('a task without a thread time counts in full', () => {
  const events = [{ ...onMain, name: 'RunTask', ts: 0, dur: 80_000 }];
  expect(tasksOf(events, { pid: 7, fromSeconds: 0, toSeconds: 1 }).long).toMatchObject([{ wallMs: 80, cpuMs: 80 }]);
});

test('what the page shows is read with its separators and words', () => {
  expect(parseSight(['live', '1,234,567', '0', '2', '1 window'])).toEqual({
    state: 'live',
    offset: 1_234_567,
    gaps: 0,
    reconnects: 2,
    skippedWindows: 1,
  });
  expect(parseSight(['empty', '—', '0', '0', '0 windows']).offset).toBeNaN();
});

const sight = { state: 'live', offset: 1000, gaps: 1, reconnects: 0, skippedWindows: 0 };
const stretch: Stretch = {
  seconds: 10,
  taskSeconds: 2,
  scriptSeconds: 0.5,
  layoutSeconds: 0.3,
  styleSeconds: 0.2,
  cpuSeconds: 1.5,
  waitSeconds: 0.1,
  tasks: 2000,
  longTasks: [],
  observedLongTasks: 0,
  frames: [60, 60, 58],
  published: 20_000,
  offsets: 19_000,
  isTraceCut: false,
};

function sample(atSeconds: number, figures: Partial<HeapSample> = {}): HeapSample {
  const bytes = { bytes: 8e6, scriptBytes: 4e6, domBytes: 3e6, arrayBytes: 1e6 };
  return { atSeconds, ...bytes, nodes: 1900, listeners: 134, ...figures };
}

const good: PageFigures = {
  stretches: [stretch, stretch],
  heap: [0, 10, 20, 30, 40, 50].map((at) => sample(at)),
  before: sight,
  after: { ...sight, offset: 41_000 },
  load: {
    seconds: 20,
    published: 40_000,
    failed: 0,
    viewed: 2_000_000,
    viewerGaps: 0,
    viewerSkipped: 0,
    cores: { hub: 0.5, publisher: 0.2, viewers: 0.4, browser: 0.4, others: 0.05 },
  },
  keyMs: [20, 30, 400],
  problems: [],
};
const asked = { rate: 2000 };

function reportText(figures: PageFigures): string {
  const summary = summarisePage(figures, asked);
  return [...tablesOf(summary, figures.load), targetTable(summary.targets)].join('\n');
}

function verdicts(figures: PageFigures): readonly (boolean | undefined)[] {
  return summarisePage(figures, asked).targets.map(({ isMet }) => isMet);
}

test('a page that keeps to its budget meets every target, without doubts', () => {
  const summary = summarisePage(good, asked);
  expect(summary.shares).toMatchObject({ busy: 0.2, cpu: 0.15, waiting: 0.01, script: 0.05 });
  expect(summary.framesPerSecond).toBe(60);
  expect(summary.targets.every(({ isMet }) => isMet === true)).toBe(true);
  expect(summary.doubts).toEqual([]);
});

test.each<[string, string, Partial<PageFigures>]>([
  ['too few messages', 'messages a second', { load: { ...good.load, published: 30_000 } }],
  ['CPU time', 'main thread, CPU', { stretches: [{ ...stretch, cpuSeconds: 3 }] }],
  ['wall time while cores are free', 'main thread, wall', { stretches: [{ ...stretch, taskSeconds: 4 }] }],
  [
    'a task that computes for long',
    'tasks over',
    { stretches: [{ ...stretch, longTasks: [{ atSeconds: 1, wallMs: 60, cpuMs: 55, parts: [] }] }] },
  ],
  ['a heap that grows', 'heap', { heap: [8, 8, 8, 9, 10, 12].map((mb, at) => sample(at, { bytes: mb * 1e6 })) }],
  ['nodes that pile up', 'DOM', { heap: [1, 2, 3, 4, 5, 6].map((n) => sample(n, { nodes: 1000 + 100 * n })) }],
  ['listeners that pile up', 'event', { heap: [1, 2, 3, 4, 5, 6].map((n) => sample(n, { listeners: 100 + 2 * n })) }],
  ['an offset that stands still in one part', 'offset', { stretches: [stretch, { ...stretch, offsets: 0 }] }],
  ['a new gap', 'what the page missed', { after: { ...sight, gaps: 2 } }],
  ['windows left out', 'what the page missed', { after: { ...sight, skippedWindows: 1 } }],
  ['scores that come late', 'from a key', { keyMs: [20, 151, 160] }],
  ['another state at the end', 'the page at the end', { after: { ...sight, state: 'slowed' } }],
  ['an error', 'the page at the end', { problems: ['error: x is undefined'] }],
])('%s misses its own target and no other', (_title, name, change) => {
  const { targets } = summarisePage({ ...good, ...change }, asked);
  expect(targets.filter(({ isMet }) => isMet !== true)).toEqual([
    expect.objectContaining({ name: expect.stringContaining(name), isMet: false }),
  ]);
});

test('a task that was long only because it waited is shown, and misses nothing', () => {
  const waited = { atSeconds: 3, wallMs: 90, cpuMs: 12, parts: ['Paint 70 ms (CPU 3 ms)'] };
  const figures = { ...good, stretches: [{ ...stretch, longTasks: [waited], observedLongTasks: 1 }] };
  expect(verdicts(figures)).not.toContain(false);
  const text = reportText(figures);
  expect(text).toContain('0 (by wall time 1, as the page sees it 1)');
  expect(text).toMatch(/3\.0 +90 +12 +Paint 70 ms/);
});

test('wall time above its limit is not judged while the thread had no core', () => {
  const figures = { ...good, stretches: [{ ...stretch, taskSeconds: 4, waitSeconds: 2 }] };
  expect(verdicts(figures)).toContain(undefined);
  expect(verdicts(figures)).not.toContain(false);
  const text = reportText(figures);
  expect(text).toMatch(/wall time of its tasks.*40 %.*not judged/);
  expect(summarisePage(figures, asked).doubts).toEqual([
    expect.stringContaining('waited for a core for 20 % of the time'),
  ]);
});

test('doubts name other processes, viewers that fell behind, failed messages and a cut trace', () => {
  const { load } = good;
  const doubtful: PageFigures = {
    ...good,
    stretches: [{ ...stretch, isTraceCut: true }],
    load: { ...load, failed: 1, viewerSkipped: 5, cores: { ...load.cores, others: 0.4 } },
  };
  expect(summarisePage(doubtful, asked).doubts).toEqual([
    expect.stringContaining('other processes took 0.40 cores'),
    '1 message of the publisher failed',
    'the viewers beside the page did not keep up: 5 items left out, 0 gaps',
    'the trace was cut: long tasks may be missing',
  ]);
});
