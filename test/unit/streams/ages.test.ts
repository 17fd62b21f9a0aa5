import { expect, test } from 'vitest';
import type { AgePace } from '../../../server/streams/viewers/ages.js';
import { TestStreams, TestViewer } from '../../support/streams.js';

/** An item is published 2.5 ms after its request was accepted. */
const RECEIPT = { queueUs: 500, batchUs: 500, inferUs: 1500, totalUs: 2500 };

function ages(t: TestStreams, pace: AgePace): { count: number; sumMs: number } {
  const histogram = t.streams.ages.byPace[pace];
  return { count: histogram.cumulative().at(-1) ?? 0, sumMs: histogram.sum / 1000 };
}

test('each viewer counts, from the acceptance of the request to the frame', () => {
  const t = new TestStreams({ maxStreamItems: 100 });
  t.publish(1);
  for (let i = 0; i < 3; i++) t.view({ history: 0 });

  t.publish(2, 's', RECEIPT);
  t.clock.advance(4);

  expect(ages(t, 'live')).toEqual({ count: 6, sumMs: 6 * 2.5 });
  expect(t.streams.find('s')?.log.slice(2, 2)[0]?.item.tookMs).toBe(2.5);
});

test('history and what was missed before a viewer came back say nothing about the hub', () => {
  const t = new TestStreams({ maxStreamItems: 100 });
  t.publish(5);
  t.clock.advance(30_000);
  const { epoch = '' } = t.streams.find('s') ?? {};
  t.view({ history: 5 });
  t.view({ position: { epoch, offset: 2 } });
  t.clock.advance(10);
  expect(ages(t, 'live').count).toBe(0);

  t.publish(1);
  t.clock.advance(10);
  expect(ages(t, 'live').count).toBe(2);
});

test('a viewer that is behind gets old items, and they count as old', () => {
  const t = new TestStreams({ maxStreamItems: 1000, maxViewerBytes: 1000 });
  t.publish(1);
  const slow = t.view({ history: 0 });
  slow.isReading = false;
  t.publish(20);
  t.clock.advance(1);
  t.publish(1);
  t.clock.advance(700);
  slow.unreadBytes = 0;
  t.clock.advance(20);

  const { count, sumMs } = ages(t, 'live');
  expect(count).toBe(21);
  expect(sumMs).toBeGreaterThan(700);
});

test('what a viewer asked to wait for is its own: a pace is counted apart, hidden and paused ones not at all', () => {
  const t = new TestStreams({ maxStreamItems: 100, maxStreams: 4 });
  t.publish(1);
  t.view({ mode: 'sample', maxRate: 2, history: 0 });
  const hidden = t.subscribe({ history: 0 }, new TestViewer());
  const paused = t.subscribe({ history: 0 }, new TestViewer());
  hidden.views.pace({ hidden: true });
  paused.views.pace({ stream: 's', paused: true });
  t.clock.advance(2_000);

  t.publish(1);
  t.clock.advance(400);
  t.publish(1);
  t.clock.advance(5_000);
  hidden.views.pace({ hidden: false });
  paused.views.pace({ stream: 's', paused: false });
  t.clock.advance(10);

  expect(ages(t, 'live').count).toBe(0);
  expect(ages(t, 'paced')).toEqual({ count: 2, sumMs: 100 });

  t.publish(1);
  t.clock.advance(1_000);
  expect(ages(t, 'live').count).toBe(2);
});

test('of windows, the samples that a viewer is sent count when they are sent', () => {
  const t = new TestStreams();
  t.publish(1);
  t.clock.advance(1_000);
  t.view({ mode: 'aggregate', history: 3 });
  t.clock.advance(250);
  t.publish(1, 's', RECEIPT);
  t.clock.advance(1_000);

  expect(ages(t, 'window')).toEqual({ count: 1, sumMs: 750 + 2.5 });
});

test('a clock that is set back makes nothing younger than it is', () => {
  const t = new TestStreams();
  t.publish(1);
  t.view({ history: 0 });
  t.wallStepMs = -3_600_000;
  t.publish(1);
  t.clock.advance(10);

  expect(ages(t, 'live')).toEqual({ count: 1, sumMs: 0 });
});
