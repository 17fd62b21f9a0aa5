import { expect, test } from 'vitest';
import type { Tap } from '../../../server/contracts/tap.js';
import { Taps } from '../../../server/core/taps.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { makeHub } from '../../support/core.js';
import { Recorder } from '../../support/recorder.js';

test('a tap that throws costs no request its answer and no other tap its event', async () => {
  const under = makeHub();
  const bad = () => {
    throw new Error('a bug of the tap');
  };
  under.hub.tap({ name: 'bad', predicted: bad, failed: bad, refused: bad, batch: bad, fault: bad });
  const after = new Recorder();
  under.hub.tap(after);

  const sent = under.send([2]);
  const refused = under.send('wrong');
  under.clock.turn();
  await under.engine.finish();
  const late = under.send([3], { timeoutMs: 5 });
  under.clock.advance(20);

  expect(sent.values).toEqual([4]);
  expect(refused.refusal?.code).toBe('INVALID_INPUT');
  expect(late.error?.code).toBe('DEADLINE_EXCEEDED');
  const told = after.events.filter(({ type }) => type !== 'fault').map(({ type }) => type);
  expect(told).toEqual(['refused', 'batch', 'predicted', 'failed']);
  // The first, the second and the fourth of four.
  const faults = after.events.flatMap((event) => (event.type === 'fault' ? [event.where] : []));
  expect(faults).toEqual(['tap bad, 1 so far', 'tap bad, 2 so far', 'tap bad, 4 so far']);
});

test('a callback that answers a promise is a fault of its tap, and its rejection ends no process', async () => {
  const under = makeHub();
  const unhandled: unknown[] = [];
  const note = (cause: unknown): void => void unhandled.push(cause);
  process.on('unhandledRejection', note);
  const bad = async (): Promise<void> => {
    throw new Error('a bug of the tap');
  };
  under.hub.tap({ name: 'bad', predicted: bad, batch: bad, state: bad, fault: bad });
  const after = new Recorder();
  under.hub.tap(after);

  const sent = under.send([2]);
  under.clock.turn();
  await under.engine.finish();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);

  expect(sent.values).toEqual([4]);
  expect(unhandled).toEqual([]);
  const faults = after.events.flatMap((event) => (event.type === 'fault' ? [`${event.where}: ${event.cause}`] : []));
  // The first, the second and the fourth of two promises and their two rejections.
  expect(faults).toEqual([
    'tap bad, 1 so far: Error: batch answered a promise; a callback must not be async',
    'tap bad, 2 so far: Error: predicted answered a promise; a callback must not be async',
    'tap bad, 4 so far: Error: a bug of the tap',
  ]);
});

test('what a callback answers besides a promise is no fault', () => {
  const under = makeHub();
  const recorder = new Recorder();
  const told: string[] = [];
  const taps = new Taps(under.clock, [recorder, { name: 'pushing', state: (state) => void told.push(state) }]);
  // As an arrow function of JavaScript does.
  taps.add({ name: 'counting', state: (state) => told.push(state) as unknown as undefined });
  taps.state('draining');

  expect(told).toEqual(['draining', 'draining']);
  expect(recorder.events.map(({ type }) => type)).toEqual(['state']);
});

test('a tap is told only what it asks for, as the object it is', () => {
  const told: string[] = [];
  class Counting implements Tap {
    readonly name = 'counting';
    readonly #own = 'own';
    state(state: string): void {
      told.push(`${this.#own} ${state}`);
    }
  }
  const taps = new Taps(new ManualClock(), [new Counting()]);

  taps.state('draining');
  taps.stream({ type: 'stream-opened', stream: 'a' });

  expect(told).toEqual(['own draining']);
});

test('a fault of a door comes as a fault, not as what happens at a door', () => {
  const recorder = new Recorder();
  new Taps(new ManualClock(), [recorder]).transport({ type: 'fault', where: 'http', cause: 'why' });

  expect(recorder.events).toEqual([{ type: 'fault', where: 'http', cause: 'why' }]);
});

test('closing waits for every tap that has something to write', async () => {
  const closed: string[] = [];
  const closing = (name: string): Tap => ({
    name,
    close: async (deadlineMs) => {
      await Promise.resolve();
      closed.push(`${name} ${deadlineMs}`);
    },
  });
  await new Taps(new ManualClock(), [closing('a'), { name: 'none' }, closing('b')]).close(50);

  expect(closed).toEqual(['a 50', 'b 50']);
});

test('a tap that cannot close, or takes too long, is told of and keeps nobody waiting', async () => {
  const clock = new ManualClock();
  const recorder = new Recorder();
  const closed: string[] = [];
  const taps = new Taps(clock, [
    recorder,
    { name: 'rejects', close: () => Promise.reject(new Error('no disk')) },
    {
      name: 'throws',
      close: () => {
        throw new Error('a bug');
      },
    },
    { name: 'hangs', close: () => new Promise(() => undefined) },
    { name: 'good', close: async () => void closed.push('good') },
  ]);

  const closing = taps.close(100);
  clock.advance(100);
  await closing;

  expect(closed).toEqual(['good']);
  const faults = recorder.events.flatMap((event) => (event.type === 'fault' ? [`${event.where}: ${event.cause}`] : []));
  expect(faults.toSorted()).toEqual([
    'tap hangs, 1 so far: Error: it did not close within 100 ms',
    'tap rejects, 1 so far: Error: no disk',
    'tap throws, 1 so far: Error: a bug',
  ]);
  expect(clock.timers).toBe(0);
});
