import { expect, test } from 'vitest';
import type { CastFrame, Unsubscribed } from '../../../shared/index.js';
import { TestStreams, TestViewer } from '../../support/streams.js';

const ROOMY = { maxStreamItems: 1000, maxViewerBytes: 2000, slowViewerMs: 5000 };

test('a viewer that does not read is sent no more than its limit, and the others everything', () => {
  const t = new TestStreams(ROOMY);
  t.publish(1);
  const [slow, quick] = [t.view({ history: 0 }), t.view({ history: 0 })];
  slow.isReading = false;
  for (let i = 0; i < 200; i++) {
    t.publish(1);
    t.clock.turn();
  }

  const frame = slow.events.at(-1)?.json.length ?? 0;
  expect(slow.unreadBytes).toBeLessThanOrEqual(2000 + frame);
  expect(quick.offsets).toHaveLength(200);
  expect(slow.events.length).toBeLessThan(20);
});

test('a viewer that reads again gets the newest items, with the rest counted as skipped', () => {
  const t = new TestStreams(ROOMY);
  t.publish(1);
  const viewer = t.view({ history: 0 });
  viewer.isReading = false;
  for (let i = 0; i < 300; i++) {
    t.publish(1);
    t.clock.advance(5);
  }
  viewer.isReading = true;
  viewer.unreadBytes = 0;
  // Nothing more is published, but the viewer is served all the same.
  t.clock.advance(100);

  expect(viewer.offsets.at(-1)).toBe(301);
  expect(viewer.of<CastFrame>('cast').at(-1)?.items).toHaveLength(100);
  expect(viewer.skipped + viewer.items.length).toBe(300);
  expect(t.streams.counts.skippedItems).toBe(viewer.skipped);
  expect(viewer.of('gap')).toEqual([]);
  t.publish(1);
  t.clock.turn();
  expect(viewer.offsets.at(-1)).toBe(302);
});

test('a burst that fills a connection for a moment costs its viewer nothing', () => {
  const t = new TestStreams(ROOMY);
  t.publish(1);
  const viewer = t.view({ history: 0 });
  viewer.isReading = false;
  for (let i = 0; i < 300; i++) {
    t.publish(1);
    t.clock.advance(1);
  }
  for (let i = 0; i < 60; i++) {
    viewer.unreadBytes = 0;
    t.clock.advance(60);
  }

  expect(viewer.offsets).toEqual(Array.from({ length: 300 }, (_, i) => i + 2));
  expect(viewer.skipped).toBe(0);
});

test('a standstill of the hub is not counted against a viewer', () => {
  const t = new TestStreams(ROOMY);
  t.publish(1);
  const viewer = t.view({ history: 0 });
  viewer.isReading = false;
  for (let i = 0; i < 200; i++) {
    t.publish(1);
    t.clock.turn();
  }
  t.clock.advance(1_000);
  t.clock.stall(60_000);
  viewer.isReading = true;
  viewer.unreadBytes = 0;
  t.clock.advance(1_000);

  expect(t.streams.counts.slowViewers).toBe(0);
  expect(viewer.offsets.at(-1)).toBe(201);
});

test('a viewer that stays slow is cut with a typed reason and its position, and its connection may subscribe again', () => {
  const t = new TestStreams(ROOMY);
  t.publish(1);
  const viewer = new TestViewer();
  const { views } = t.subscribe({ history: 0 }, viewer);
  viewer.isReading = false;
  for (let i = 0; i < 40; i++) {
    t.publish(1);
    t.clock.advance(200);
  }

  const [notice] = viewer.of<Unsubscribed>('unsubscribed');
  expect(notice).toMatchObject({ stream: 's', code: 'SLOW_VIEWER', retryable: true });
  expect(t.streams.counts.slowViewers).toBe(1);
  expect(notice?.position).toEqual({ epoch: 'hub1.e1', offset: viewer.offsets.at(-1) });
  expect(viewer.events.at(-1)?.name).toBe('unsubscribed');
  expect(views.unsubscribe('s')?.code).toBe('NOT_SUBSCRIBED');
  expect(t.streams.viewers).toBe(0);
  expect(t.log).toContainEqual(expect.objectContaining({ type: 'viewer-cut', stream: 's' }));
});

test('a viewer that reads now and then is never cut', () => {
  const t = new TestStreams(ROOMY);
  t.publish(1);
  const viewer = t.view({ history: 0 });
  viewer.isReading = false;
  for (let i = 0; i < 100; i++) {
    t.publish(1);
    t.clock.advance(200);
    if (i % 20 === 19) viewer.unreadBytes = 0;
  }

  expect(viewer.of('unsubscribed')).toEqual([]);
});

test('a long history is sent only as fast as the viewer reads it, complete', () => {
  const t = new TestStreams({ ...ROOMY, maxViewerBytes: 20_000 });
  t.publish(900);
  const viewer = new TestViewer();
  viewer.isReading = false;
  t.subscribe({ history: 900 }, viewer);
  const atOnce = viewer.items.length;
  for (let i = 0; i < 20; i++) {
    viewer.unreadBytes = 0;
    t.clock.advance(60);
  }

  expect(atOnce).toBeLessThan(300);
  expect(viewer.offsets).toEqual(Array.from({ length: 900 }, (_, i) => i + 1));
  expect(viewer.skipped).toBe(0);
});

test('a hidden viewer gets one frame a second, the newest, and at once what it missed when it is seen again', () => {
  const t = new TestStreams(ROOMY);
  t.publish(1);
  const viewer = new TestViewer();
  const { views } = t.subscribe({ history: 0 }, viewer);
  views.pace({ hidden: true });
  for (let i = 0; i < 150; i++) {
    t.publish(1);
    t.clock.advance(20);
  }
  const hidden = viewer.of<CastFrame>('cast');
  views.pace({ hidden: false });
  const atOnce = viewer.of<CastFrame>('cast').at(-1);
  t.publish(1);
  t.clock.turn();

  expect(hidden.length).toBeLessThanOrEqual(4);
  expect(hidden.every(({ items }) => items.length === 1)).toBe(true);
  expect(atOnce?.items.at(-1)?.offset).toBe(151);
  expect(viewer.offsets.at(-1)).toBe(152);
  expect(viewer.skipped + viewer.items.length).toBe(151);
});

test('a paused viewer gets nothing, and every missed item when it goes on, however long it was', () => {
  const t = new TestStreams({ ...ROOMY, maxViewerBytes: 1 << 20 });
  t.publish(1);
  const viewer = new TestViewer();
  const { views } = t.subscribe({ history: 0 }, viewer);
  views.pace({ stream: 's', paused: true });
  t.publish(300);
  t.clock.advance(5000);
  const whilePaused = viewer.items.length;
  views.pace({ stream: 's', paused: false });

  expect(whilePaused).toBe(0);
  expect(viewer.offsets).toEqual(Array.from({ length: 300 }, (_, i) => i + 2));
  expect(viewer.skipped).toBe(0);
});

test('what has left the ring while a viewer was paused is a gap', () => {
  const t = new TestStreams({ maxStreamItems: 10 });
  t.publish(1);
  const viewer = new TestViewer();
  const { views } = t.subscribe({ history: 0 }, viewer);
  views.pace({ stream: 's', paused: true });
  t.publish(30);
  t.clock.advance(100);
  views.pace({ stream: 's', paused: false });

  expect(viewer.of('gap')).toMatchObject([{ reason: 'evicted', from: 2, to: 21 }]);
  expect(viewer.offsets).toEqual([22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);
});

test('the time of a pause does not count as slow', () => {
  const t = new TestStreams(ROOMY);
  t.publish(1);
  const viewer = new TestViewer();
  const { views } = t.subscribe({ history: 0 }, viewer);
  viewer.isReading = false;
  t.publish(50);
  t.clock.advance(50);
  t.publish(1);
  t.clock.advance(50);
  views.pace({ stream: 's', paused: true });
  t.clock.advance(60_000);
  views.pace({ stream: 's', paused: false });
  t.publish(1);
  t.clock.advance(100);

  expect(viewer.unreadBytes).toBeGreaterThan(2000);
  expect(viewer.of('unsubscribed')).toEqual([]);
});
