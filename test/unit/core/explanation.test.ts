// `explain`: the puppet engine scores a text by its length, so that a token weighs as many as it has characters.
import { expect, test } from 'vitest';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import { tokenSpans } from '../../../shared/text/token-spans.js';
import { makeModel, TestHub } from '../../support/core.js';

const TEXT_MODEL = makeModel('texts', { name: 'text', dtype: 'string', shape: [] });

function openHub(): TestHub {
  return new TestHub(new PuppetEngine(), {}, [TEXT_MODEL, makeModel()]);
}

async function finishAll(test: TestHub): Promise<void> {
  test.clock.advance(1);
  while (test.engine.running > 0) {
    await test.engine.finish();
    test.clock.advance(1);
  }
}

test('one text is answered alone, with what each of its tokens added', async () => {
  const under = openHub();
  const answer = under.hub.predict({
    input: 'Sooo good &amp; 😂 #fun!!',
    model: 'texts',
    explain: true,
    timing: false,
  });
  await finishAll(under);
  expect(await answer).toEqual({
    model: 'texts@1',
    prediction: [25],
    words: [
      { start: 0, end: 4, weight: 4 },
      { start: 5, end: 9, weight: 4 },
      { start: 10, end: 15, weight: 5 },
      { start: 16, end: 18, weight: 2 },
      { start: 19, end: 23, weight: 4 },
      { start: 23, end: 25, weight: 2 },
    ],
  });
});

test('it costs a row for the text and one for each token, and casts and events see one row', async () => {
  const under = openHub();
  const answer = under.hub.predict({ input: 'a b c', model: 'texts', explain: true });
  under.clock.advance(1);
  expect(under.engine.runs[0]?.values).toEqual(['a b c', ' b c', 'a  c', 'a b ']);
  await finishAll(under);
  await answer;
  const settled = under.events.find(({ type }) => type === 'predicted');
  expect(settled).toMatchObject({ outcome: { batched: false, output: { rows: 1 } } });
});

test('of a model that takes long, so many words are tried as half a second allows, and eight at least', () => {
  const model = (name: string, rowMs: number, byteMs: number) =>
    makeModel(name, { name: 'text', dtype: 'string', shape: [] }, { overheadMs: 5, rowMs, byteMs });
  const under = new TestHub(new PuppetEngine(), {}, [model('slow', 20, 0.05), model('slower', 200, 0)]);
  const input = 'a '.repeat(50);
  const rowsOf = (of: string): number => {
    const before = under.hub.queuedRows;
    void under.hub.predict({ input, model: of, explain: true, timeoutMs: 60_000 }).catch(() => undefined);
    return under.hub.queuedRows - before;
  };

  expect(rowsOf('slow')).toBe(1 + 20);
  expect(rowsOf('slower')).toBe(1 + 8);
});

test.each([
  ['a batch', { input: ['a', 'b'], model: 'texts' }],
  ['a tensor model', { input: [1], model: 'twice' }],
])('%s cannot be explained', async (_, request) => {
  const under = openHub();
  await expect(under.hub.predict({ ...request, explain: true })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('explain is for one text'),
  });
});

test('a text over the limit is refused as without explain; an empty one has no words', async () => {
  const under = openHub();
  const long = under.hub.predict({ input: 'x '.repeat(80), model: 'texts', explain: true });
  await expect(long).rejects.toMatchObject({ code: 'TOO_LARGE' });
  const empty = under.hub.predict({ input: '', model: 'texts', explain: true });
  await finishAll(under);
  expect(await empty).toMatchObject({ words: [] });
});

test('explain must be true or false', async () => {
  const request = { input: 'a', model: 'texts', explain: 'yes' } as unknown as { input: string };
  await expect(openHub().hub.predict(request)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('spans are places in the text as it was given, whatever was replaced in reading it', () => {
  const text = '\\\\ I&#39;m NOT &lt;3 👍🏽 ok';
  const pieces = tokenSpans(text, 56).map(({ start, end }) => text.slice(start, end));
  expect(pieces).toEqual(['I&#39;m', 'NOT', '&lt;3', '👍', 'ok']);
});
