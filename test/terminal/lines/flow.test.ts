import { expect, test } from 'vitest';
import { LineCounts } from '../../../cli/feed/line-counts.js';
import { Pacer } from '../../../cli/feed/pacer.js';
import { Publisher, type PublishHub } from '../../../cli/feed/publisher.js';
import { retryInMs } from '../../../cli/feed/retry.js';
import { SendWindow } from '../../../cli/feed/send-window.js';
import { TickcastError } from '../../../client/index.js';
import { type ErrorCode, wireError } from '../../../shared/errors.js';
import { ManualTime } from './manual-time.js';

const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a pacer lets so many a second pass, evenly', async () => {
  const time = new ManualTime();
  const pacer = new Pacer(10, time);
  const at: number[] = [];
  for (let i = 0; i < 4; i++) {
    await pacer.pass(never);
    at.push(time.now());
  }

  expect(at).toEqual([0, 100, 200, 300]);
});

test('a pacer faster than timers keeps its rate by letting several pass at once', async () => {
  const time = new ManualTime();
  const pacer = new Pacer(10_000, time);
  for (let i = 0; i < 10_000; i++) await pacer.pass(never);

  expect(time.now()).toBeGreaterThan(995);
  expect(time.now()).toBeLessThan(1005);
  expect(time.slept.length).toBeLessThan(1000);
});

test('after a pause a pacer catches up a little, not all of it', async () => {
  const time = new ManualTime();
  const pacer = new Pacer(100, time);
  await pacer.pass(never);
  time.pass(60_000);
  for (let i = 0; i < 26; i++) await pacer.pass(never);
  const caught = time.slept.length;
  await pacer.pass(never);

  expect(caught).toBe(0);
  expect(time.slept).toEqual([10]);
});

test('a pacer of 0 does not wait', async () => {
  const time = new ManualTime();
  const pacer = new Pacer(0, time);
  for (let i = 0; i < 1000; i++) await pacer.pass(never);

  expect(time.slept).toEqual([]);
});

test('a window lets in as many as may be open, then waits until one leaves', async () => {
  const window = new SendWindow();
  for (let i = 0; i < 3; i++) expect(await window.enter(() => 3, never)).toBe(true);
  let entered = false;
  const fourth = window
    .enter(() => 3, never)
    .then(() => {
      entered = true;
    });
  await settled();
  const before = entered;
  window.leave();
  await fourth;

  expect([before, entered, window.open]).toEqual([false, true, 3]);
});

test('a window that waits ends at the signal, and does not count who did not enter', async () => {
  const window = new SendWindow();
  const stop = new AbortController();
  await window.enter(() => 1, stop.signal);
  const second = window.enter(() => 1, stop.signal);
  const empty = window.empty(AbortSignal.timeout(10_000));
  stop.abort();

  expect(await second).toBe(false);
  expect(window.open).toBe(1);
  window.leave();
  await empty;
});

test.each([
  ['OVERLOADED', undefined, 1, 100],
  ['OVERLOADED', undefined, 5, 1600],
  ['OVERLOADED', undefined, 11, 5000],
  ['RATE_LIMITED', 2000, 1, 2000],
  ['RATE_LIMITED', 600_000, 1, 30_000],
  ['OVERLOADED', undefined, 12, undefined],
  ['ENGINE_FAILED', undefined, 2, undefined],
  ['INVALID_INPUT', undefined, 1, undefined],
] as const)('%s, to be retried after %s ms, is sent again after try %i in %s ms', (code, asked, tries, wait) => {
  expect(retryInMs(wireError(code, '', asked), tries, 0)).toBe(wait);
});

/** A hub that answers from a list: a label, or the code of a refusal. */
class ScriptedHub implements PublishHub {
  open = true;
  closings = 0;
  readonly asked: string[] = [];
  readonly #script: (string | { readonly code: ErrorCode; readonly before?: () => void })[];

  constructor(script: (string | { readonly code: ErrorCode; readonly before?: () => void })[]) {
    this.#script = script;
  }

  async opened(): Promise<void> {
    this.open = true;
  }

  async predict(text: string): Promise<{ readonly model: string; readonly label?: unknown }> {
    this.asked.push(text);
    const step = this.#script.shift() ?? 'neutral';
    if (typeof step === 'string') return { model: 'm@1', label: step };
    step.before?.();
    throw new TickcastError(wireError(step.code, `because of ${step.code}`, 50));
  }
}

function publisherOf(hub: PublishHub, ended = never) {
  const time = new ManualTime();
  const lineCounts = new LineCounts(0);
  return { publisher: new Publisher({ hub, lineCounts, clock: time, random: () => 0, ended }), lineCounts, time };
}

test('a line that is refused for the moment is sent again, and counts once', async () => {
  const hub = new ScriptedHub([{ code: 'OVERLOADED' }, { code: 'RATE_LIMITED' }, 'positive']);
  const { publisher, lineCounts, time } = publisherOf(hub);
  await publisher.publish('good');

  expect(hub.asked).toEqual(['good', 'good', 'good']);
  expect(time.slept).toEqual([100, 200]);
  expect(lineCounts).toMatchObject({ sent: 1, answered: 1, resent: 2, failed: 0, model: 'm@1' });
});

test('a line that is refused for good, or too often, is counted by its code', async () => {
  const hub = new ScriptedHub([
    { code: 'INVALID_INPUT' },
    ...Array.from({ length: 12 }, () => ({ code: 'OVERLOADED' as const })),
  ]);
  const { publisher, lineCounts } = publisherOf(hub);
  await publisher.publish('one');
  await publisher.publish('two');

  expect(Object.fromEntries(lineCounts.failures)).toEqual({ INVALID_INPUT: 1, OVERLOADED: 1 });
  expect(lineCounts).toMatchObject({ sent: 2, answered: 0, failureExample: 'because of OVERLOADED' });
});

test('a hub that goes away costs a line no try, however often it does', async () => {
  const hub: ScriptedHub = new ScriptedHub(
    Array.from({ length: 50 }, () => ({
      code: 'DRAINING' as const,
      before: () => {
        hub.closings += 1;
      },
    })),
  );
  const { publisher, lineCounts } = publisherOf(hub);
  await publisher.publish('good');

  expect(lineCounts).toMatchObject({ answered: 1, resent: 50, failed: 0 });
});

test('a line that is open when the feed ends is unanswered, not failed', async () => {
  const ended = new AbortController();
  const hub = new ScriptedHub([{ code: 'CANCELLED', before: () => ended.abort() }]);
  const { publisher, lineCounts } = publisherOf(hub, ended.signal);
  await publisher.publish('good');

  expect(lineCounts).toMatchObject({ sent: 1, answered: 0, unanswered: 1, failed: 0 });
});
