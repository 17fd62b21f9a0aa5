import { expect, test } from 'vitest';
import type { CastFrame, StreamGap } from '../../../shared/index.js';
import { TestStreams, TestViewer } from '../../support/streams.js';

test('items reach every viewer in order, encoded once for all of them', () => {
  const t = new TestStreams();
  t.publish(1);
  const viewers = [t.view(), t.view()];
  t.publish(2);
  t.clock.turn();

  for (const viewer of viewers) expect(viewer.offsets).toEqual([1, 2, 3]);
  expect(viewers[0]?.shared.at(-1)).toBe(viewers[1]?.shared.at(-1));
  expect(viewers[0]?.items[0]).toEqual({
    offset: 1,
    at: expect.any(Number),
    from: 'me',
    text: 'so good',
    prediction: [0.25, 0.25, 0.5],
    model: 'mood@1',
    label: 'positive',
    score: 0.5,
  });
});

test('a new viewer gets the last items at once, as many as it asks for and the ring holds', () => {
  const t = new TestStreams({ maxStreamItems: 5 });
  t.publish(8);

  expect(t.view({ history: 3 }).offsets).toEqual([6, 7, 8]);
  expect(t.view({ history: 100 }).offsets).toEqual([4, 5, 6, 7, 8]);
  expect(t.view({ history: 0 }).offsets).toEqual([]);
  expect(t.subscribe({ history: 2 }, new TestViewer()).subscribed.position).toEqual({ epoch: 'hub1.e1', offset: 6 });
});

test('a viewer that subscribes between publishing and casting gets no item twice and none is missing', () => {
  const t = new TestStreams();
  t.publish(1);
  const early = t.view();
  t.publish(2);
  const late = t.view();
  t.publish(1);
  t.clock.turn();
  t.publish(1);
  t.clock.turn();

  expect(early.offsets).toEqual([1, 2, 3, 4, 5]);
  expect(late.offsets).toEqual([1, 2, 3, 4, 5]);
  expect(late.skipped).toBe(0);
});

test('a viewer of a stream that is not there waits for it, and gets it from its first item', () => {
  const t = new TestStreams();
  const viewer = new TestViewer();
  const { subscribed } = t.subscribe({}, viewer);
  t.publish(2);
  t.clock.turn();

  expect(subscribed).toEqual({ stream: 's', mode: 'all' });
  expect(viewer.offsets).toEqual([1, 2]);
});

test('more items than fit a frame leave in several, in order', () => {
  const t = new TestStreams({ maxStreamItems: 1000, maxViewerBytes: 1 << 20 });
  const viewer = t.view();
  t.publish(250);
  for (let i = 0; i < 5; i++) t.clock.turn();

  expect(viewer.offsets).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
  expect(viewer.of<CastFrame>('cast').map(({ items }) => items.length)).toEqual([100, 100, 50]);
});

test('thousands of viewers are served in slices, so that a turn stays short, and each gets everything', () => {
  const t = new TestStreams();
  t.publish(1);
  const viewers = Array.from({ length: 600 }, () => t.view({ history: 0 }));
  t.publish(1);
  t.clock.turn();
  const servedFirst = viewers.filter(({ offsets }) => offsets.length === 1).length;
  t.publish(1);
  for (let i = 0; i < 8; i++) t.clock.turn();

  expect(servedFirst).toBeLessThan(600);
  for (const viewer of viewers) expect(viewer.offsets).toEqual([2, 3]);
});

test('with maxRate a viewer gets at most so many frames a second, the newest items, and what was left out counted', () => {
  const t = new TestStreams({ maxStreamItems: 1000, maxViewerBytes: 1 << 20 });
  t.publish(1);
  const viewer = t.view({ maxRate: 2, history: 0 });
  for (let i = 0; i < 100; i++) {
    t.publish(5);
    t.clock.advance(20);
  }
  t.clock.advance(1000);

  const frames = viewer.of<CastFrame>('cast');
  expect(frames.length).toBeLessThanOrEqual(6);
  expect(frames.every(({ items }) => items.length <= 100)).toBe(true);
  expect(viewer.offsets.at(-1)).toBe(501);
  expect(viewer.skipped + viewer.items.length).toBe(500);
  expect(t.streams.counts.skippedItems).toBe(viewer.skipped);
  expect(viewer.of('gap')).toEqual([]);
});

test('in mode sample a frame is the newest item, four a second unless told otherwise', () => {
  const t = new TestStreams();
  t.publish(1);
  const viewer = t.view({ mode: 'sample', history: 0 });
  for (let i = 0; i < 100; i++) {
    t.publish(1);
    t.clock.advance(20);
  }
  t.clock.advance(1000);

  const frames = viewer.of<CastFrame>('cast');
  expect(frames.every(({ items }) => items.length === 1)).toBe(true);
  expect(frames.length).toBeGreaterThan(5);
  expect(frames.length).toBeLessThanOrEqual(10);
  expect(viewer.offsets.at(-1)).toBe(101);
  expect(viewer.skipped + frames.length).toBe(100);
});

test('a viewer that comes back in time gets every missed item', () => {
  const t = new TestStreams();
  t.publish(3);
  const before = new TestViewer();
  const { views } = t.subscribe({}, before);
  views.close();
  t.publish(4);
  t.clock.turn();

  const after = t.view({ position: { epoch: 'hub1.e1', offset: 3 } });

  expect(before.offsets).toEqual([1, 2, 3]);
  expect(after.offsets).toEqual([4, 5, 6, 7]);
  expect(after.of('gap')).toEqual([]);
});

test('a viewer that comes back late gets a gap of exactly what has left the ring, and the rest', () => {
  const t = new TestStreams({ maxStreamItems: 10 });
  t.publish(25);

  const viewer = t.view({ position: { epoch: 'hub1.e1', offset: 3 } });

  expect(viewer.of('gap')).toEqual([{ stream: 's', epoch: 'hub1.e1', reason: 'evicted', missed: 12, from: 4, to: 15 }]);
  expect(viewer.offsets).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
});

test('a position of another life of the stream is a gap of an unknown number, told apart by hub, and a fresh snapshot', () => {
  const t = new TestStreams();
  t.publish(3);

  const restarted = t.view({ position: { epoch: 'hub1.old', offset: 900 }, history: 1 });
  const moved = t.view({ position: { epoch: 'hub2.old', offset: 2 }, history: 1 });
  const ahead = t.view({ position: { epoch: 'hub1.e1', offset: 4 }, history: 1 });
  const waiting = t.view({ stream: 'none', position: { epoch: 'hub1.old', offset: 2 } });

  const gap = (reason: string): StreamGap[] => [{ stream: 's', epoch: 'hub1.e1', reason, missed: null } as StreamGap];
  expect(restarted.of('gap')).toEqual(gap('restarted'));
  expect(moved.of('gap')).toEqual(gap('moved'));
  expect(ahead.of('gap')).toEqual(gap('restarted'));
  expect(waiting.of('gap')).toEqual([{ stream: 'none', reason: 'restarted', missed: null }]);
  for (const { offsets } of [restarted, moved, ahead]) expect(offsets).toEqual([3]);
});

test('what maxRate left out while a viewer was away is skipped, not a gap', () => {
  const t = new TestStreams({ maxStreamItems: 10 });
  t.publish(25);

  const viewer = t.view({ mode: 'sample', position: { epoch: 'hub1.e1', offset: 3 } });

  expect(viewer.of('gap')).toEqual([]);
  expect(viewer.offsets).toEqual([25]);
  expect(viewer.skipped).toBe(21);
});

test('a burst of more items than the ring holds is a gap for who asked for all', () => {
  const t = new TestStreams({ maxStreamItems: 10 });
  t.publish(1);
  const viewer = t.view();
  t.publish(30);
  t.clock.turn();

  expect(viewer.of<StreamGap>('gap')).toMatchObject([{ missed: 20, from: 2, to: 21 }]);
  expect(viewer.offsets).toEqual([1, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);
  expect(viewer.skipped).toBe(0);
});

test('the ring is bounded in bytes too', () => {
  const t = new TestStreams({ maxStreamItems: 1000, maxStreamBytes: 7000 });
  t.publish(100);

  const kept = t.view({ history: 1000 }).items.length;

  expect(kept).toBeGreaterThan(5);
  expect(kept).toBeLessThan(15);
});
