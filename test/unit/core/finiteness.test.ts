// Non-finite answers of a model: the puppet engine doubles, so a large input overflows a float32.
import { expect, test } from 'vitest';
import { finitenessProblem } from '../../../server/core/batches/finiteness.js';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import type { TensorSpec } from '../../../shared/tensor.js';
import { makeHub, makeModel, TestHub } from '../../support/core.js';

const LARGE = 3e38;
const NAN = Number.NaN;
const { POSITIVE_INFINITY: INFINITE } = Number;

function spec(name: string, size: number, dtype: TensorSpec['dtype'] = 'float32'): TensorSpec {
  return { name, dtype, shape: [size] };
}

function messageOf(outputs: readonly TensorSpec[], arrays: readonly number[][], rows: number, firstRow = 0) {
  const output = {
    arrays: arrays.map((values, i) =>
      outputs[i]?.dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values),
    ),
    firstRow,
    rows,
  };
  return finitenessProblem(outputs, output)?.message;
}

async function finishAll(test: TestHub): Promise<void> {
  test.clock.advance(1);
  while (test.engine.running > 0) {
    await test.engine.finish();
    test.clock.advance(1);
  }
}

test('finite values of any size are no problem, and what is beside the rows is none of theirs', () => {
  const outputs = [spec('y', 2)];
  expect(messageOf(outputs, [[0, -0, 3.4e38, -3.4e38]], 2)).toBeUndefined();
  expect(messageOf(outputs, [[1e-45, 5]], 1)).toBeUndefined();
  expect(messageOf(outputs, [[NAN, 1, 2, 3, INFINITE, 4]], 1, 1)).toBeUndefined();
  expect(messageOf([spec('n', 1, 'int32')], [[7]], 1)).toBeUndefined();
  expect(messageOf([spec('y', 0)], [[]], 3)).toBeUndefined();
});

test('the message names outputs, what they have, and the rows of the answer', () => {
  expect(messageOf([spec('y', 1)], [[NAN]], 1)).toMatch(
    /^output "y" has NaN in row 0 of the answer; .*change the input$/,
  );
  expect(messageOf([spec('y', 2)], [[1, NAN, 2, 3, 4, 5, -INFINITE, 6]], 4)).toMatch(
    /^output "y" has NaN and -Infinity in rows 0, 3 of the answer;/,
  );
  expect(
    messageOf(
      [spec('a', 1), spec('n', 1, 'int32'), spec('b', 1)],
      [
        [1, INFINITE],
        [1, 2],
        [NAN, NAN],
      ],
      2,
    ),
  ).toMatch(/^output "a" has Infinity in row 1; output "b" has NaN in rows 0, 1 of the answer;/);
  // Rows count within the request, wherever it is in the batch.
  expect(messageOf([spec('y', 1)], [[1, 2, 3, NAN]], 2, 2)).toContain('in row 1 of');
});

test('a message is short however much is wrong', () => {
  const outputs = Array.from({ length: 50 }, (_, i) => spec(`output-${i}`, 1));
  const message = messageOf(
    outputs,
    outputs.map(() => new Array<number>(1000).fill(NAN)),
    1000,
  );
  expect(message).toContain('rows 0, 1, 2, 3, 4, 5, 6, 7 and 992 more');
  expect(message).toContain('46 more outputs');
  expect(message?.length).toBeLessThan(600);
});

test('a request fails as a whole, the others of its batch are answered', async () => {
  const under = makeHub();
  const bad = under.send([1, LARGE, 2, -LARGE]);
  const good = under.send([5, 6]);
  await finishAll(under);

  expect(bad.error).toMatchObject({ code: 'NOT_FINITE', retryable: false });
  expect(bad.error?.message).toContain('output "y" has Infinity and -Infinity in rows 1, 3 of the answer');
  expect(bad.settlements).toBe(1);
  expect(good.values).toEqual([10, 12]);
  expect(under.engine.runs).toHaveLength(1);
  expect(under.hub.stats).toMatchObject({ accepted: 2, settled: 2, predicted: 1, errors: { NOT_FINITE: 1 } });
});

test('a request that was split over batches fails once, with the rows of all of them', async () => {
  const under = makeHub({ maxBatchRows: 4 });
  const bad = under.send([1, 2, LARGE, 4, 5, 6, LARGE, 8, 9, LARGE]);
  const good = under.send([1, 2, 3, 4, 5, 6]);
  await finishAll(under);

  expect(bad.error?.message).toContain('in rows 2, 6, 9 of');
  expect(bad.settlements).toBe(1);
  expect(good.values).toEqual([2, 4, 6, 8, 10, 12]);
});

test('a cancelled request stays cancelled whatever its rows are', async () => {
  const under = makeHub();
  const sent = under.send([LARGE], { id: 1 });
  under.clock.advance(1);
  under.hub.cancelById(under.origin, 1);
  await finishAll(under);

  expect(sent.error?.code).toBe('CANCELLED');
  expect(under.hub.stats.errors).toEqual({ CANCELLED: 1 });
});

/** Scores a text by its length, or as told. */
class ScoringEngine extends PuppetEngine {
  override run: PuppetEngine['run'] = async (model, batch) => {
    const run = super.run(model, batch);
    void this.finish();
    const outcome = await run;
    if (outcome.status !== 'done') return outcome;
    const scores = new Float32Array(outcome.buffer, 0);
    const texts = this.runs.at(-1)?.values ?? [];
    const outputAt = scores.indexOf(String(texts[0]).length);
    for (const [row, text] of texts.entries()) if (this.odd.has(text)) scores[outputAt + row] = NAN;
    return outcome;
  };

  constructor(readonly odd: ReadonlySet<number | string>) {
    super();
  }
}

const TEXTS = makeModel('texts', { name: 'text', dtype: 'string', shape: [] });

async function explain(odd: string): Promise<unknown> {
  const under = new TestHub(new ScoringEngine(new Set([odd])), {}, [TEXTS]);
  const answer = under.hub.predict({ input: 'a b c', explain: true }).catch((error: unknown) => error);
  under.clock.advance(1);
  for (let i = 0; i < 10; i++) await Promise.resolve();
  under.clock.advance(1);
  return answer;
}

test('an explained text fails when its own score is no number', async () => {
  expect(await explain('a b c')).toMatchObject({
    code: 'NOT_FINITE',
    message: expect.stringMatching(/^output "y" has NaN in row 0 of the answer/),
  });
});

test('an explained text fails when one of its words has no weight, and is told how it is answered', async () => {
  expect(await explain('a  c')).toMatchObject({
    code: 'NOT_FINITE',
    message: expect.stringMatching(/NaN in row 2, where row n is the text without its token n.*Leave explain out/),
  });
});
