import { expect, test } from 'vitest';
import { GapLedger, gapText, MAX_GAPS } from '../../../dashboard/data/gap-ledger.js';
import { History } from '../../../dashboard/data/history.js';
import { View } from '../../../dashboard/data/view.js';
import { type Row, WindowRing } from '../../../dashboard/data/window-ring.js';
import { type Facts, linkText, pageState } from '../../../dashboard/page-state.js';
import { KEPT, Messages, SHOWN } from '../../../dashboard/panels/messages.js';
import type { StreamWindow } from '../../../shared/stream-protocol.js';
import { sampleOf } from '../../support/scripted-words.js';

const T0 = 1_700_000_000_000;

function windowAt(second: number, positive = 6, neutral = 3, negative = 1, windowMs = 1000): StreamWindow {
  const count = positive + neutral + negative;
  const labels = { positive, neutral, negative };
  return {
    at: T0 + second * 1000,
    offset: 0,
    count,
    failed: 0,
    rate: (count * 1000) / windowMs,
    labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, { count: value, mean: 0 }])),
  };
}

const seconds = (from: number, to: number): StreamWindow[] =>
  Array.from({ length: to - from }, (_, index) => windowAt(from + index));

function row(x: number): Row {
  return { x, upper: 0.5, lower: 0.25, rate: x, positive: 1, neutral: 1, negative: 1 };
}

test('a ring is one view, oldest first, before and after it is full', () => {
  const ring = new WindowRing(4);
  for (let x = 1; x <= 3; x += 1) ring.append(row(x));
  expect([...ring.view('x')]).toEqual([1, 2, 3]);
  for (let x = 4; x <= 11; x += 1) ring.append(row(x));

  expect([...ring.view('x')]).toEqual([8, 9, 10, 11]);
  expect(ring.view('x').buffer).toBe(ring.view('x').buffer);
  expect(ring.after(9)).toBe(2);
  expect(ring.after(11)).toBe(4);
  ring.replaceLast(row(12));
  expect([...ring.view('rate')]).toEqual([8, 9, 10, 12]);
});

test('live windows fill both rings; an hour is kept and no more', () => {
  const history = new History();
  for (let second = 0; second < 4000; second += 1) history.append([windowAt(second)], 0);

  expect(history.fine.size).toBe(3600);
  expect(history.coarse.size).toBe(360);
  expect(history.newest).toBe(T0 + 4_000_000);
  expect(history.gaps.all).toEqual([]);
  expect(history.fine.at('lower', 3599)).toBeCloseTo(0.1);
  expect(history.coarse.at('rate', 359)).toBeCloseTo(10);
});

test('a jump in time is a gap, unless windows were skipped on purpose', () => {
  const history = new History();
  history.append(seconds(0, 5), 0);
  history.append(seconds(8, 9), 3);
  expect(history.gaps.all).toEqual([]);
  history.append(seconds(28, 30), 0);

  expect(history.gaps.all).toEqual([{ from: T0 + 9000, to: T0 + 28_000, reason: 'silent', missed: null }]);
  expect(history.gaps.all.map(gapText)).toEqual([['No data for 19\u00a0s', 'nothing is made up']]);
});

test('what the hub says is missing belongs to the hole before the next window, also when there is no hole', () => {
  const history = new History();
  history.append(seconds(0, 5), 0);
  history.notice({ reason: 'restarted', missed: null });
  history.append(seconds(9, 10), 0);
  history.notice({ reason: 'evicted', missed: 318 });
  history.append(seconds(10, 11), 0);

  expect(history.gaps.all).toEqual([
    { from: T0 + 5000, to: T0 + 9000, reason: 'restarted', missed: null },
    { from: T0 + 10_000, to: T0 + 10_000, reason: 'evicted', missed: 318 },
  ]);
  expect(history.gaps.all.map((gap) => gapText(gap)[0])).toEqual(['Hub restarted', '318 missed']);
});

test('windows that the hub kept fill a hole; one that stays keeps its reason', () => {
  const history = new History();
  history.append(seconds(0, 5), 0);
  history.append(seconds(9, 10), 0);
  history.notice({ reason: 'restarted', missed: null });
  history.append(seconds(20, 21), 0);
  expect(history.gaps.all).toHaveLength(2);
  history.merge(seconds(3, 12), 1000);

  expect(history.gaps.all).toEqual([{ from: T0 + 12_000, to: T0 + 20_000, reason: 'restarted', missed: null }]);
  expect([...history.fine.view('x')]).toHaveLength(13);
  history.append(seconds(4, 6), 0);
  expect(history.fine.size).toBe(13);
});

test('coarse windows of the hub take the place of parts, and live ones go on from them', () => {
  const history = new History();
  history.append(seconds(7, 25), 0);
  history.merge(
    Array.from({ length: 5 }, (_, index) => windowAt(-30 + index * 10, 60, 30, 10, 10_000)),
    10_000,
  );
  history.append(seconds(25, 31), 0);

  expect([...history.coarse.view('x')].map((x) => x - T0 / 1000)).toEqual([-20, -10, 0, 10, 20, 30, 31]);
  expect(history.tally(T0 - 40_000, T0 + 31_000).positive).toBeGreaterThanOrEqual(6 * 60);
});

test('a second without messages has no share, once nothing was said for half a minute', () => {
  const history = new History();
  history.append(seconds(0, 2), 0);
  history.append(
    Array.from({ length: 40 }, (_, index) => windowAt(2 + index, 0, 0, 0)),
    0,
  );

  expect(history.fine.at('lower', 10)).toBeCloseTo(0.1);
  expect(history.fine.at('lower', 41)).toBeNaN();
});

test('gaps are bounded', () => {
  const ledger = new GapLedger();
  for (let n = 0; n < 200; n += 1) ledger.add({ from: n, to: n + 0.5, reason: 'silent', missed: null });

  expect(ledger.all).toHaveLength(MAX_GAPS);
  expect(ledger.all[0]?.from).toBe(200 - MAX_GAPS);
});

test('messages are bounded however long the list is held, and letting go shows the newest', () => {
  const messages = new Messages();
  const items = Array.from({ length: 1000 }, (_, index) => sampleOf('a text', 'neutral', 0.5, index, T0));
  for (const item of items) messages.arrive([item], true);

  expect(messages.newer).toBe(1000);
  expect(messages.waiting).toBe(KEPT - SHOWN);
  messages.release();
  expect(messages.shown).toHaveLength(SHOWN);
  expect(messages.shown[0]).toBe(items.at(-1));
  expect(messages.newer).toBe(0);
});

test('a view that stands still stays; zoom and pan leave live and keep within the hour', () => {
  const view = new View();
  const edge = T0;
  view.pause(edge);
  expect(view.stretch(edge + 50_000)).toEqual({ from: T0 - 300_000, to: T0 });
  view.live();
  view.zoomBy(0.5, edge);
  expect(view.mode).toBe('zoomed');
  expect(view.stretch(edge + 9000)).toEqual({ from: T0 - 225_000, to: T0 - 75_000 });
  view.pan(10_000_000, edge);
  expect(view.stretch(edge).to).toBe(edge);
  view.pan(-10_000_000, edge);
  expect(view.stretch(edge).from).toBe(edge - 3_600_000);
  view.choose('1m');
  expect([view.mode, view.span]).toEqual(['live', 60_000]);
});

test('in the first minutes a view is as long as what there is, from a minute on; a zoomed one is what was chosen', () => {
  const view = new View();
  const edge = T0;
  const lengthWith = (ageMs: number): number => {
    const { from, to } = view.stretch(edge, edge - ageMs);
    return to - from;
  };
  expect([0, 30_000, 90_000, 299_000, 400_000].map(lengthWith)).toEqual([60_000, 60_000, 90_000, 299_000, 300_000]);
  expect(view.stretch(edge).from).toBe(edge - 300_000);
  view.pause(edge);
  expect(lengthWith(90_000)).toBe(90_000);
  view.live();
  view.zoomBy(0.5, edge, edge - 90_000);
  expect(lengthWith(90_000)).toBe(45_000);
});

test('a history knows where it begins', () => {
  const history = new History();
  expect(history.oldest).toBeUndefined();
});

const FACTS: Facts = {
  connection: 'connected',
  attempts: 0,
  retryInMs: undefined,
  subscribed: 'live',
  endedCode: undefined,
  hasData: true,
  isSentiment: true,
  drainsInMs: undefined,
  slowedAgoMs: undefined,
  view: 'live',
  newer: 312,
  behindMs: 300,
  sinceMs: 100,
};

test.each([
  ['live', {}, 'Live 0.3\u00a0s behind'],
  ['paused', { view: 'paused' }, 'Paused 312 newer'],
  ['zoomed', { view: 'zoomed' }, 'Looking back 0.3\u00a0s behind'],
  [
    'reconnecting',
    { connection: 'reconnecting', view: 'paused', attempts: 4, retryInMs: 2600 },
    'Reconnecting in 3 s try 4 Retry now',
  ],
  ['slow', { subscribed: 'ended', endedCode: 'SLOW_VIEWER' }, 'Disconnected as too slow  Resume'],
  ['slowed', { slowedAgoMs: 400 }, 'This tab is slow 1 update a second'],
  ['draining', { drainsInMs: 4000 }, 'Hub is restarting moving in 4\u00a0s'],
  ['empty', { subscribed: 'waiting', hasData: false }, 'Connected nothing yet'],
  ['connecting', { connection: 'connecting', hasData: false }, ''],
  ['connecting', { connection: 'connecting', hasData: false, sinceMs: 2500 }, 'Connecting'],
  ['failed', { connection: 'failed' }, 'Not connected'],
] as const)('state %s', (state, facts, text) => {
  const all: Facts = { ...FACTS, ...facts };
  const { word, detail, action } = linkText(pageState(all), all);

  expect(pageState(all)).toBe(state);
  expect(`${word} ${detail} ${action}`.trim()).toBe(text);
});
