import { expect, test } from 'vitest';
import type { CastItem } from '../../../server/contracts/broker.js';
import { makeItem } from '../../../server/streams/cast-item.js';
import { Explainer, wordsOf } from '../../../server/streams/explainer.js';
import type { Stream } from '../../../server/streams/stream.js';
import type { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import { makeHub, makeModel, type TestHub } from '../../support/core.js';

const STREAM = { labels: ['length'] } as unknown as Stream;

/** The puppet's answer to a text is its length: leaving out a word subtracts its length from the score. */
function open(): { t: TestHub<PuppetEngine>; explainer: Explainer } {
  const model = makeModel('text', { name: 'text', dtype: 'string', shape: [] });
  const t = makeHub({}, [model]);
  return { t, explainer: new Explainer(t.hub, t.clock) };
}

function itemOf(text: string): CastItem {
  const prediction = { prediction: [text.length], model: 'text', label: 'length', score: text.length };
  return makeItem(1, 0, prediction, { from: 'me', id: undefined, row: undefined, text, receipt: undefined });
}

test('the words that weighed most are those whose leaving out changes the score most, in order of the text', async () => {
  const { t, explainer } = open();
  const item = itemOf('a gigantic bear ate my enormous breakfast');
  let done = 0;
  explainer.explain(STREAM, [item], () => {
    done += 1;
  });
  t.clock.turn();
  await t.engine.finish();

  expect(done).toBe(1);
  expect(item.words?.map(({ start, end, weight }) => [item.item.text?.slice(start, end), weight])).toEqual([
    ['gigantic', 8],
    ['enormous', 8],
    ['breakfast', 9],
  ]);
});

test('the words of the first of two labels are weighed by what is left of one', async () => {
  const { t, explainer } = open();
  const text = 'two gigantic words';
  const prediction = { prediction: [text.length], model: 'text', label: 'no', score: 1 - text.length };
  const item = makeItem(1, 0, prediction, { from: 'me', id: undefined, row: undefined, text, receipt: undefined });
  explainer.explain({ labels: ['no', 'yes'] } as unknown as Stream, [item], () => undefined);
  t.clock.turn();
  await t.engine.finish();

  expect(item.words?.map(({ weight }) => weight)).toEqual([-3, -8, -5]);
});

test('what is not explained within a moment is shown without, once', async () => {
  const { t, explainer } = open();
  const item = itemOf('very slow engine');
  let done = 0;
  explainer.explain(STREAM, [item], () => {
    done += 1;
  });
  t.clock.turn();
  t.clock.advance(200);
  const afterPatience = done;
  await t.engine.finish();

  expect([afterPatience, done]).toEqual([1, 1]);
  expect(t.clock.timers).toBe(0);
});

test('nothing is explained while the hub is busy, nor more than a share of what it computes', () => {
  const { t, explainer } = open();
  let done = 0;
  for (let i = 0; i < 200; i++) explainer.explain(STREAM, [itemOf('one two three')], () => (done += 1));
  const asked = t.hub.queuedRows;

  expect(asked).toBeLessThan(80);
  expect(done).toBeGreaterThan(170);
  t.clock.advance(10_000);
});

test('of a model that takes long for a row, a tenth of each second at most goes into explanations', () => {
  const slow = { overheadMs: 1, rowMs: 10, byteMs: 0 };
  const t = makeHub({}, [makeModel('text', { name: 'text', dtype: 'string', shape: [] }, slow)]);
  const explainer = new Explainer(t.hub, t.clock);
  const ask = (): number => {
    const before = t.hub.queuedRows;
    for (let i = 0; i < 9; i++) explainer.explain(STREAM, [itemOf('one two three')], () => undefined);
    return t.hub.queuedRows - before;
  };

  expect(ask()).toBe(3 * 3);
  expect(ask()).toBe(0);
  t.clock.advance(1000);
  expect(ask()).toBe(3 * 3);
  t.clock.advance(10_000);
});

test('an item is explained once, and one without words, text or label not at all', () => {
  const { t, explainer } = open();
  let done = 0;
  const known = itemOf('known before now');
  known.words = [];
  const tensor = makeItem(
    1,
    0,
    { prediction: [1], model: 'tensors' },
    { from: 'me', id: undefined, row: undefined, text: undefined, receipt: undefined },
  );
  explainer.explain(STREAM, [known, tensor, itemOf('single'), itemOf('')], () => (done += 1));

  expect(done).toBe(1);
  expect(t.hub.inFlight).toBe(0);
});

test('words of any script, with what holds them together, and emoji; never more than 32', () => {
  const text = 'don’t عرض رائع 👍 co-op <b>x</b>';

  expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    'don’t',
    'عرض',
    'رائع',
    '👍',
    'co-op',
    'b',
    'x',
    'b',
  ]);
  expect(wordsOf('word '.repeat(5000))).toHaveLength(32);
  expect(wordsOf('x'.repeat(10_000))).toHaveLength(1);
});
