import { expect, test } from 'vitest';
import type { AggregateFrame } from '../../../shared/index.js';
import { parseSubscribe, type SubscribePlan } from '../../../shared/parse-stream.js';
import { makeSpec, TestStreams, TestViewer } from '../../support/streams.js';

function plan(request: object): SubscribePlan {
  const parsed = parseSubscribe({ stream: 's', ...request });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

test('a stream carries one model: another is refused, another version is not', () => {
  const t = new TestStreams();
  t.publish(1);

  expect(t.streams.open('s', makeSpec('other'))).toMatchObject({
    code: 'STREAM_CONFLICT',
    message: expect.stringContaining('carries predictions of mood'),
  });
  expect(t.streams.open('s', makeSpec('mood', '2'))).not.toHaveProperty('code');
});

test('there are at most maxStreams streams; the ones that are there go on', () => {
  const t = new TestStreams({ maxStreams: 2 });
  t.publish(1, 'a');
  t.publish(1, 'b');

  expect(t.streams.open('c', makeSpec())).toMatchObject({ code: 'TOO_MANY_STREAMS', retryable: true });
  t.publish(1, 'a');
  expect(t.streams.list().map(({ stream, offset }) => [stream, offset])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

test('a stream that nobody publishes to or views expires; a viewed one stays; a new one of its name is another life', () => {
  const t = new TestStreams({ streamIdleMs: 10_000 });
  t.publish(1, 'idle');
  t.publish(1, 'viewed');
  const viewer = new TestViewer();
  const { views } = t.subscribe({ stream: 'viewed' }, viewer);
  t.clock.advance(12_000);

  expect(t.streams.list().map(({ stream }) => stream)).toEqual(['viewed']);
  expect(t.log).toContainEqual({ type: 'stream-expired', stream: 'idle' });
  views.close();
  t.clock.advance(2000);
  expect(t.streams.list()).toEqual([]);
  t.publish(1, 'idle');
  expect(t.streams.list()[0]?.epoch).toBe('hub1.e3');
});

test('a stream that a request was taken for is there when its prediction comes', () => {
  const t = new TestStreams({ streamIdleMs: 10_000 });
  t.publish(1);
  t.clock.advance(9900);
  const target = t.streams.open('s', makeSpec());
  t.clock.advance(5000);

  expect(t.streams.find('s')).toBe(target);
});

test('a connection has at most one subscription to a stream, and a bounded number in all', () => {
  const t = new TestStreams({ maxSubscriptions: 2 });
  const { views } = t.subscribe({ stream: 'a' }, new TestViewer());

  expect(views.subscribe(plan({ stream: 'a', mode: 'aggregate' }))).toMatchObject({ code: 'ALREADY_SUBSCRIBED' });
  expect(views.subscribe(plan({ stream: 'b' }))).not.toHaveProperty('code');
  expect(views.subscribe(plan({ stream: 'c' }))).toMatchObject({ code: 'TOO_MANY_STREAMS' });
  expect(views.unsubscribe('a')).toBeUndefined();
  expect(views.unsubscribe('a')).toMatchObject({ code: 'NOT_SUBSCRIBED' });
  expect(views.subscribe(plan({ stream: 'c' }))).not.toHaveProperty('code');
  expect(views.pace({ stream: 'a', paused: true })).toMatchObject({ code: 'NOT_SUBSCRIBED' });
});

test('a connection that is gone leaves nothing behind', () => {
  const t = new TestStreams();
  t.publish(1);
  const viewer = new TestViewer();
  const { views } = t.subscribe({}, viewer);
  t.subscribe({ stream: 'waiting' }, viewer);
  const before = viewer.events.length;
  views.close();
  t.publish(3);
  t.publish(1, 'waiting');
  t.clock.advance(1000);

  expect(viewer.events.filter(({ name }) => name === 'cast').length - before).toBeLessThanOrEqual(1);
  expect(t.streams.list().find(({ stream }) => stream === 's')?.viewers).toBe(0);
});

test('after close no timer is left', () => {
  const t = new TestStreams();
  t.publish(1);
  const viewer = t.view({ maxRate: 1 });
  viewer.isReading = false;
  t.publish(3);
  t.clock.turn();
  t.streams.close();
  t.clock.advance(60_000);

  expect(t.clock.timers).toBe(0);
});

test.each([
  ['no object', 'x', 'subscribe expects an object'],
  ['no name', {}, 'stream must be'],
  ['a name with a space', { stream: 'a b' }, 'stream must be'],
  ['a name that begins with a dot', { stream: '.a' }, 'stream must be'],
  ['a name of 65 characters', { stream: 'a'.repeat(65) }, 'stream must be'],
  ['a name with markup', { stream: '<b>' }, 'stream must be'],
  ['an unknown mode', { mode: 'some' }, 'mode must be'],
  ['a rate of 0', { maxRate: 0 }, 'maxRate must be'],
  ['a rate of 61', { maxRate: 61 }, 'maxRate must be'],
  ['a rate that is no number', { maxRate: Number.NaN }, 'maxRate must be'],
  ['a rate for windows', { mode: 'aggregate', maxRate: 1 }, 'maxRate is not for mode "aggregate"'],
  ['a window of 100 ms', { mode: 'aggregate', windowMs: 100 }, 'windowMs must be'],
  ['a window of 61 s', { mode: 'aggregate', windowMs: 61_000 }, 'windowMs must be'],
  ['a window of 300 ms', { mode: 'aggregate', windowMs: 300 }, 'windowMs must be a multiple of 250'],
  ['a window for items', { windowMs: 1000 }, 'windowMs is for mode "aggregate" only'],
  ['a history of -1', { history: -1 }, 'history must be'],
  ['a history of 1.5', { history: 1.5 }, 'history must be'],
  ['a history of 1001', { history: 1001 }, 'history must be'],
  ['a position without epoch', { position: { offset: 1 } }, 'position must be'],
  ['a position of -1', { position: { epoch: 'e', offset: -1 } }, 'position must be'],
  ['a position with a long epoch', { position: { epoch: 'e'.repeat(65), offset: 1 } }, 'position must be'],
])('subscribe: %s is refused with what was expected', (_title, request, message) => {
  const isNamed = typeof request === 'string' || 'stream' in request || Object.keys(request).length === 0;
  const full = isNamed ? request : { stream: 's', ...request };

  expect(parseSubscribe(full)).toMatchObject({
    ok: false,
    error: { code: 'INVALID_INPUT', message: expect.stringContaining(message) },
  });
});

test('an erased stream is gone with all it had; its viewers are told, and get the next one of its name from the start', () => {
  const t = new TestStreams();
  t.publish(5);
  const [all, windows] = [t.view({ history: 5 }), t.view({ mode: 'aggregate' })];
  expect(t.streams.erase('none')).toBe(false);
  expect(t.streams.erase('s')).toBe(true);

  expect(t.streams.list()).toEqual([]);
  expect(t.streams.windows('s', 1000)).toBeUndefined();
  expect(t.streams.viewers).toBe(2);
  for (const viewer of [all, windows])
    expect(viewer.of('gap')).toEqual([{ stream: 's', reason: 'restarted', missed: null }]);
  expect(t.log).toContainEqual({ type: 'stream-erased', stream: 's' });

  const seen = all.items.length;
  t.publish(2);
  t.clock.advance(2000);
  expect(all.items.slice(seen).map(({ offset }) => offset)).toEqual([1, 2]);
  expect(t.view({ history: 100 }).offsets).toEqual([1, 2]);
  expect(
    windows
      .of<AggregateFrame>('aggregate')
      .flatMap((frame) => frame.windows)
      .reduce((sum, { count }) => sum + count, 0),
  ).toBe(2);
});

test('items that are too old are not kept, though nothing is published', () => {
  const t = new TestStreams({ maxStreamAgeMs: 10_000 });
  t.publish(3);
  t.clock.advance(6000);
  t.publish(2);
  t.clock.advance(5000);
  expect(t.view({ history: 100 }).offsets).toEqual([4, 5]);
  t.clock.advance(6000);
  expect(t.view({ history: 100 }).offsets).toEqual([]);
});
