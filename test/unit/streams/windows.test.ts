import { expect, test } from 'vitest';
import type { AggregateFrame, StreamGap } from '../../../shared/index.js';
import { makeSpec, TestStreams, TestViewer, WALL } from '../../support/streams.js';

const AGGREGATE = { mode: 'aggregate', history: 0 };
const RECEIPT = { queueUs: 10, batchUs: 20, inferUs: 70, totalUs: 100 };

function windows(viewer: TestViewer) {
  return viewer.of<AggregateFrame>('aggregate').flatMap((frame) => frame.windows);
}

/** Publishes one item with these scores, whose label is the best of them. */
function publishScores(t: TestStreams, scores: readonly [number, number, number], totalUs: number): void {
  const spec = makeSpec();
  const target = t.streams.open('s', spec);
  if ('code' in target) throw new Error(target.message);
  const best = scores.indexOf(Math.max(...scores));
  target.publish(
    { prediction: [...scores], model: spec.ref, label: spec.labels?.[best] ?? '', score: Math.max(...scores) },
    {
      from: 'me',
      id: 1,
      row: undefined,
      text: 'x',
      receipt: { queueUs: totalUs / 2, batchUs: 0, inferUs: totalUs / 2, totalUs },
    },
  );
}

test('a window has counts and mean scores by label, the rate, and receipts at two percentiles', () => {
  const t = new TestStreams();
  const viewer = t.view(AGGREGATE);
  for (let i = 0; i < 98; i++) publishScores(t, [0.2, 0.1, 0.7], 1000);
  publishScores(t, [0.8, 0.1, 0.1], 1000);
  publishScores(t, [0.8, 0.1, 0.1], 50_000);
  t.clock.advance(1000);

  const [window] = windows(viewer);
  expect(window).toMatchObject({ at: WALL, offset: 100, count: 100, rate: 100 });
  expect(window?.labels).toEqual({
    negative: { count: 2, mean: 0.212 },
    neutral: { count: 0, mean: 0.1 },
    positive: { count: 98, mean: 0.688 },
  });
  expect(window?.p50).toEqual({ queueUs: 500, batchUs: 0, inferUs: 500, totalUs: 1000 });
  expect(window?.p99?.totalUs).toBe(1000);
  expect(window?.samples).toHaveLength(4);
});

test('where one number is the score of the second of two labels, a window has the mean scores of both', () => {
  const t = new TestStreams();
  const viewer = t.view(AGGREGATE);
  const spec = {
    ...makeSpec(),
    labels: ['no', 'yes'],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
  } as const;
  const target = t.streams.open('s', spec);
  if ('code' in target) throw new Error(target.message);
  const by = { from: 'me', id: undefined, row: undefined, text: 'x', receipt: undefined };
  target.publish({ prediction: [0.25], model: spec.ref, label: 'no', score: 0.75 }, by);
  target.publish({ prediction: [0.75], model: spec.ref, label: 'yes', score: 0.75 }, by);
  target.publish({ prediction: [1], model: spec.ref, label: 'yes', score: 1 }, by);
  t.clock.advance(1000);

  expect(windows(viewer)[0]?.labels).toEqual({ no: { count: 1, mean: 0.3333 }, yes: { count: 2, mean: 0.6667 } });
});

test('windows follow one another without holes, empty ones too, and each item is in exactly one', () => {
  const t = new TestStreams({ maxStreamItems: 1000 });
  t.publish(1);
  const viewer = t.view({ ...AGGREGATE, windowMs: 250 });
  for (const count of [3, 0, 0, 5, 1, 0, 2]) {
    t.publish(count);
    t.clock.advance(250);
  }

  const all = windows(viewer);
  expect(all.map(({ count }) => count)).toEqual([4, 0, 0, 5, 1, 0, 2]);
  expect(all.map(({ at }) => at - WALL)).toEqual([0, 250, 500, 750, 1000, 1250, 1500]);
  for (const [i, { offset, count }] of all.entries()) expect(offset - count).toBe(i === 0 ? 0 : all[i - 1]?.offset);
  expect(all.every((window) => window.count > 0 || window.p50 === undefined)).toBe(true);
});

test('a window is made once for all its viewers', () => {
  const t = new TestStreams();
  t.publish(1);
  const viewers = [t.view(AGGREGATE), t.view(AGGREGATE)];
  t.clock.advance(1000);
  t.clock.advance(1000);

  expect(viewers[0]?.shared.at(-1)).toBe(viewers[1]?.shared.at(-1));
});

test('a timer that comes late makes up the windows in which nothing happened, and no more than a minute of them', () => {
  const t = new TestStreams();
  t.publish(1);
  const viewer = t.view({ ...AGGREGATE, windowMs: 250 });
  t.clock.advance(250);
  // The event loop was blocked: time moves without a timer.
  const stream = t.streams.find('s');
  stream?.roll(WALL + 2000);
  const soon = windows(viewer).length;
  stream?.roll(WALL + 3_600_000);

  expect(soon).toBe(8);
  expect(windows(viewer).length).toBe(9);
});

test('history is the last windows, without samples, and the past is kept whether or not anybody looks', () => {
  const t = new TestStreams({ maxStreamItems: 1000 });
  for (let i = 0; i < 400; i++) {
    t.publish(2);
    t.clock.advance(1000);
  }
  const viewer = t.view({ mode: 'aggregate', history: 5 });

  const [frame] = viewer.of<AggregateFrame>('aggregate');
  expect(frame?.windows.map(({ offset }) => offset)).toEqual([792, 794, 796, 798, 800]);
  expect(frame?.windows.every((window) => window.samples === undefined)).toBe(true);
  expect(t.streams.windows('s', 1000)?.windows).toHaveLength(300);
  expect(t.streams.windows('s', 10_000)?.windows).toHaveLength(40);
  expect(t.streams.windows('s', 2000)).toBeUndefined();
  expect(t.streams.windows('none', 1000)).toBeUndefined();
});

test('a viewer of windows that comes back gets what it missed, and a gap of exactly the items that are in no window', () => {
  const t = new TestStreams({ maxStreamItems: 1000 });
  for (let i = 0; i < 310; i++) {
    t.publish(2);
    t.clock.advance(1000);
  }
  const soon = t.view({ mode: 'aggregate', position: { epoch: 'hub1.e1', offset: 610 } });
  const late = t.view({ mode: 'aggregate', position: { epoch: 'hub1.e1', offset: 7 } });

  expect(soon.of('gap')).toEqual([]);
  expect(windows(soon).map(({ offset }) => offset)).toEqual([612, 614, 616, 618, 620]);
  expect(late.of<StreamGap>('gap')).toMatchObject([{ reason: 'evicted', from: 8, to: 20, missed: 13 }]);
  expect(late.events[0]?.name).toBe('gap');
  expect(windows(late)).toHaveLength(300);
});

test('a slow viewer of windows gets those it missed when it reads again; a hidden one a frame a second', () => {
  const t = new TestStreams({ maxStreamItems: 1000, maxViewerBytes: 600 });
  t.publish(1);
  const slow = t.view({ ...AGGREGATE, windowMs: 250 });
  slow.isReading = false;
  const hidden = new TestViewer();
  const { views } = t.subscribe({ ...AGGREGATE, windowMs: 250 }, hidden);
  views.pace({ hidden: true });
  for (let i = 0; i < 16; i++) {
    t.publish(1);
    t.clock.advance(250);
  }
  const frames = hidden.of('aggregate').length;
  slow.isReading = true;
  slow.unreadBytes = 0;
  t.clock.advance(100);
  views.pace({ hidden: false });

  expect(windows(slow).reduce((sum, { count }) => sum + count, 0)).toBe(17);
  expect(frames).toBeLessThanOrEqual(5);
  expect(windows(hidden).reduce((sum, { count }) => sum + count, 0)).toBe(17);
});

test('samples are explained before they are shown, and windows stay in order whichever is explained first', () => {
  const t = new TestStreams();
  const waiting: (() => void)[] = [];
  t.streams.explain = (_stream, items, done) => {
    for (const item of items) item.words = [{ start: 3, end: 7, weight: 0.4 }];
    waiting.push(done);
  };
  t.publish(1);
  const viewer = t.view({ ...AGGREGATE, windowMs: 250 });
  t.clock.advance(250);
  t.publish(1);
  t.clock.advance(250);
  waiting[1]?.();
  const beforeFirst = viewer.events.length;
  waiting[0]?.();

  expect(beforeFirst).toBe(0);
  expect(windows(viewer).map(({ offset }) => offset)).toEqual([1, 2]);
  expect(windows(viewer)[0]?.samples?.[0]?.words).toEqual([{ start: 3, end: 7, weight: 0.4 }]);
});

test('the first window of a stream has the rate of the time that it was there', () => {
  const t = new TestStreams();
  t.clock.advance(500);
  t.publish(10, 's', RECEIPT);
  const viewer = t.view(AGGREGATE);
  t.clock.advance(500);

  expect(windows(viewer)[0]).toMatchObject({ count: 10, rate: 20 });
});

test('what failed is in no item, no rate and no mean, and in the `failed` of exactly one window', () => {
  const t = new TestStreams({ maxStreamItems: 1000 });
  t.publish(1);
  const viewers = [t.view({ ...AGGREGATE, windowMs: 250 }), t.view(AGGREGATE)];
  const [fine, coarse] = viewers;
  for (const [published, failed] of [
    [1, 2],
    [0, 3],
    [0, 0],
    [2, 0],
  ] as const) {
    t.publish(published);
    t.streams.find('s')?.fail(failed);
    t.clock.advance(250);
  }

  expect(windows(fine as TestViewer).map(({ count, failed }) => [count, failed])).toEqual([
    [2, 2],
    [0, 3],
    [0, 0],
    [2, 0],
  ]);
  expect(windows(coarse as TestViewer)).toMatchObject([
    { count: 4, failed: 5, rate: 4, offset: 4, labels: { positive: { count: 4, mean: 0.5 } } },
  ]);
});
