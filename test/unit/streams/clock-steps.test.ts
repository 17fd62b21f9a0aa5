// The wall clock is set while streams are running: by a resuming VM, by NTP, by hand.
import { describe, expect, test } from 'vitest';
import { ItemReader } from '../../../client/streams/item-reader.js';
import { parseAggregate, parseCast } from '../../../client/streams/parse-frames.js';
import { WindowReader } from '../../../client/streams/window-reader.js';
import { Calendar } from '../../../server/streams/calendar.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import type { AggregateFrame, StreamItem, StreamWindow } from '../../../shared/index.js';
import { TestStreams, type TestViewer, WALL } from '../../support/streams.js';

const SECOND = 1000;
const STEPS = [
  ['3 s back', -3 * SECOND],
  ['an hour back', -3600 * SECOND],
  ['two hours forward', 7200 * SECOND],
] as const;

/** What the SDK makes of a viewer's frames. */
function readBySdk(viewer: TestViewer) {
  const windows: StreamWindow[] = [];
  const items: StreamItem[] = [];
  let left = 0;
  const told = { open: true, skipped: () => void left++, gap: () => void left++, repeat: () => void left++ };
  const [byWindow, byItem] = [new WindowReader(undefined), new ItemReader(undefined)];
  for (const { name, payload } of viewer.events) {
    const frame = name === 'aggregate' ? parseAggregate(payload) : undefined;
    const cast = name === 'cast' ? parseCast(payload) : undefined;
    if (frame !== undefined)
      byWindow.aggregate(frame, { ...told, value: (value) => void windows.push(...value.windows) });
    if (cast !== undefined) byItem.cast(cast, { ...told, value: (item) => void items.push(item) });
  }
  return { windows, items, left };
}

describe.each(STEPS)('a wall clock that is set %s', (_name, stepMs) => {
  /**
   * Ten seconds, one item every quarter of a second; the step is after a third of the fourth second, and is undone
   * after the seventh.
   */
  function run() {
    const t = new TestStreams({ maxStreamItems: 1000 });
    t.publish(1);
    const viewers = {
      items: t.view({ history: 0 }),
      windows: t.view({ mode: 'aggregate', history: 0 }),
      fine: t.view({ mode: 'aggregate', history: 0, windowMs: 250 }),
    };
    for (let quarter = 0; quarter < 40; quarter++) {
      t.publish(1);
      t.clock.advance(83);
      if (quarter === 13) t.wallStepMs = stepMs;
      if (quarter === 28) t.wallStepMs = 0;
      t.clock.advance(167);
    }
    t.clock.advance(SECOND);
    return { t, viewers };
  }

  test('loses no window and no item of a viewer, and leaves nothing out', () => {
    const { t, viewers } = run();

    for (const viewer of [viewers.windows, viewers.fine]) {
      const { windows, left } = readBySdk(viewer);
      const raw = viewer.of<AggregateFrame>('aggregate').flatMap((frame) => frame.windows);
      expect(windows.map(({ offset }) => offset)).toEqual(raw.map(({ offset }) => offset));
      expect(windows.reduce((sum, { count }) => sum + count, 0)).toBe(41);
      expect(windows.at(-1)?.offset).toBe(41);
      expect(left).toBe(0);
    }
    const { items, left } = readBySdk(viewers.items);
    expect(items.map(({ offset }) => offset)).toEqual(Array.from({ length: 40 }, (_, i) => i + 2));
    expect(left).toBe(0);
    expect(t.log).toEqual([{ type: 'stream-opened', stream: 's' }]);
  });

  test('never takes the time of a stream back, and windows begin one after the other', () => {
    const { t, viewers } = run();
    const times = viewers.items.items.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const viewer of [viewers.windows, viewers.fine]) {
      const starts = viewer.of<AggregateFrame>('aggregate').flatMap(({ windows }) => windows.map(({ at }) => at));
      expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
    }
    // Every window except the one cut by the step has the rate of four per second, the first one item more.
    const rates = t.streams.windows('s', SECOND)?.windows.map(({ rate }) => rate) ?? [];
    expect(rates.slice(0, 3)).toEqual([5, 4, 4]);
    expect(rates.slice(5, 10)).toEqual([4, 4, 4, 4, 4]);
  });

  test('is in no history twice, and none is missing for who comes later or comes back', () => {
    const { t } = run();
    const late = readBySdk(t.view({ mode: 'aggregate', history: 60 }));
    const back = readBySdk(t.view({ mode: 'aggregate', position: { epoch: 'hub1.e1', offset: 5 } }));

    expect(late.windows.reduce((sum, { count }) => sum + count, 0)).toBe(41);
    expect(back.windows.reduce((sum, { count }) => sum + count, 0)).toBe(36);
    expect([late.left, back.left]).toEqual([0, 0]);
  });

  test('makes no stream idle sooner or later', () => {
    const t = new TestStreams({ streamIdleMs: 10 * SECOND });
    t.publish(1);
    t.clock.advance(5 * SECOND);
    t.wallStepMs = stepMs;
    t.clock.advance(4 * SECOND);
    expect(t.streams.size).toBe(1);
    t.clock.advance(2 * SECOND);
    expect(t.streams.size).toBe(0);
  });
});

test('the time of streams follows a wall clock that is set forward within a quarter of a second, and one that is set back never', () => {
  const t = new TestStreams();
  const viewer = t.view();
  const publishAfter = (stepMs: number): number => {
    t.wallStepMs = stepMs;
    t.clock.advance(250);
    t.publish(1);
    t.clock.turn();
    return (viewer.items.at(-1)?.at ?? 0) - WALL - t.clock.now();
  };

  expect([0, 7_200_000, 3_600_000, 0, 900, 7_200_000, 9_000_000].map(publishAfter)).toEqual([
    0, 7_200_000, 7_200_000, 7_200_000, 7_200_000, 7_200_000, 9_000_000,
  ]);
  expect(t.streams.list()[0]?.lastAt).toBe(t.streams.now());
});

test('a calendar does not run after differences that two clocks of one machine have', () => {
  const clock = new ManualClock();
  let wallMs = WALL;
  const calendar = new Calendar(clock, () => wallMs);
  wallMs += 999;
  expect([calendar.follow(), calendar.now()]).toEqual([false, WALL]);
  wallMs += 1;
  expect([calendar.follow(), calendar.now()]).toEqual([true, WALL + 1000]);
});

test('the window that a jump cuts has the rate of the time that it had', () => {
  const t = new TestStreams({ maxStreamItems: 1000 });
  t.publish(5);
  t.clock.advance(499);
  t.wallStepMs = 7_200_000;
  t.clock.advance(1);
  t.publish(20);
  t.clock.advance(500);
  const [cut, rest] = t.streams.windows('s', SECOND)?.windows ?? [];

  expect(cut).toMatchObject({ at: WALL, count: 5, rate: 10, offset: 5 });
  expect(rest).toMatchObject({ at: WALL + 7_200_000, count: 20, rate: 40, offset: 25 });
});

test('a jump within a long window does not cut it: no two windows have one start', () => {
  const t = new TestStreams({ maxStreamItems: 1000 });
  t.publish(1);
  const viewer = t.view({ mode: 'aggregate', history: 0, windowMs: 60_000 });
  t.clock.advance(1000);
  t.wallStepMs = 30_000;
  t.publish(2);
  t.clock.advance(30_000);

  const { windows } = readBySdk(viewer);
  expect(windows.map(({ at, count }) => [at - WALL, count])).toEqual([[0, 3]]);
});
