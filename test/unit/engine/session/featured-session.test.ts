// Texts for a runtime that knows tensors alone.
import { expect, test } from 'vitest';
import type { SessionDescription, SessionSource } from '../../../../server/contracts/runtime.js';
import { isFeatured, openFeatured } from '../../../../server/engine/session/featured-session.js';
import { type BatchSpecs, type BatchViews, batchBytes, viewBatch } from '../../../../shared/batch-layout.js';
import type { InputSpec } from '../../../../shared/tensor.js';
import type { TokenizerConfig } from '../../../../shared/text/tokenizer/tokenizer-config.js';

const FILE = {
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
  model: { type: 'WordPiece', unk_token: '?', vocab: { '?': 1, '[CLS]': 2, '[SEP]': 3, a: 4, b: 5, c: 6 } },
};
const CONFIG: TokenizerConfig = {
  name: 'wordpiece',
  file: 'tokenizer.json',
  maxLength: 20,
  inputs: undefined,
  pad: { id: 0, side: undefined },
};
const OUTPUT = { name: 'y', dtype: 'int32', shape: [1] } as const;

function sourceOf(featuriser: SessionSource['featuriser'], file: object = FILE): SessionSource {
  const bytes = Buffer.from(JSON.stringify(file));
  const tokenizer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(tokenizer).set(bytes);
  const rest = { folder: '/m', file: 'model.json', runtime: 'own', inputs: [], options: {}, files: undefined };
  return { ref: 'm@1', ...rest, featuriser, tokenizer };
}

interface Run {
  readonly inputs: readonly (readonly number[])[];
  readonly rows: number;
}

/** Answers the sum of each row's first tensor. `takes`: from the inputs that it is offered. */
function runtimeOf(takes: (source: SessionSource) => readonly InputSpec[], later = false) {
  const runs: Run[] = [];
  const seen: SessionSource[] = [];
  let disposed = 0;
  return {
    runs,
    seen,
    disposed: () => disposed,
    names: ['own'],
    openSession(source: SessionSource) {
      seen.push(source);
      const specs: SessionDescription = { inputs: takes(source), outputs: [OUTPUT], engine: 'own', why: 'a test' };
      const run = ({ inputs, outputs }: BatchViews, rows: number): void => {
        runs.push({ inputs: inputs.map((array) => [...array]), rows });
        const [x] = inputs;
        const width = (x?.length ?? 0) / rows;
        for (let row = 0; row < rows; row++)
          outputs[0]?.set(
            [Array.from(x?.slice(row * width, (row + 1) * width) ?? []).reduce((sum, id) => sum + id, 0)],
            row,
          );
      };
      return {
        ok: true as const,
        session: {
          describe: () => specs,
          run: (views: BatchViews, rows: number) =>
            later ? Promise.resolve().then(() => run(views, rows)) : run(views, rows),
          dispose: () => void disposed++,
        },
      };
    },
  };
}

/** All that it is offered, as a runtime with open lengths. */
const all = ({ inputs }: SessionSource): readonly InputSpec[] =>
  inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape }));

async function open(runtime: ReturnType<typeof runtimeOf>, source: SessionSource) {
  if (!isFeatured(source)) throw new Error('not featured');
  const opening = await openFeatured(runtime, source);
  if (!opening.ok) throw new Error(opening.problem);
  return {
    ...opening,
    ask: async (texts: readonly string[]): Promise<readonly number[]> => {
      const specs: BatchSpecs = opening.specs;
      const bytes = texts.map((text) => Buffer.from(text));
      const buffer = new ArrayBuffer(batchBytes(specs, texts.length, Buffer.concat(bytes).length));
      const views = viewBatch(specs, texts.length, buffer);
      views.text?.lengths.set(bytes.map(({ length }) => length));
      views.text?.bytes.set(Buffer.concat(bytes));
      await opening.session.run(views, texts.length);
      return [...(views.outputs[0] ?? [])];
    },
  };
}

test('a runtime is opened on the tensors of the tokenizer, and its session takes one text', async () => {
  const runtime = runtimeOf(all);
  const { specs, session, ask } = await open(runtime, sourceOf(CONFIG));

  expect(specs.inputs).toEqual([{ name: 'text', dtype: 'string', shape: [] }]);
  expect(session.describe()).toEqual(specs);
  const int = { dtype: 'int32', shape: [-1] };
  expect(runtime.seen).toEqual([
    {
      ...sourceOf(undefined),
      tokenizer: undefined,
      inputsFrom: 'the featuriser',
      inputs: [
        { name: 'input_ids', ...int, optional: false },
        { name: 'attention_mask', ...int, optional: true },
        { name: 'token_type_ids', ...int, optional: true },
      ],
    },
  ]);
  expect(await ask(['a b', 'c'])).toEqual([14, 11]);
  expect(runtime.runs).toEqual([
    {
      rows: 2,
      inputs: [
        [2, 4, 5, 3, 0, 0, 0, 0, 2, 6, 3, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0],
        Array(16).fill(0),
      ],
    },
  ]);
  session.dispose();
  expect(runtime.disposed()).toBe(1);
});

test('a text is cut to the length with its special tokens, and padded at the side and with the id that are asked for', async () => {
  const runtime = runtimeOf((source) => all(source).slice(0, 2));
  const { ask } = await open(runtime, sourceOf({ ...CONFIG, maxLength: 4, pad: { id: 9, side: 'left' } }));
  await ask(['a b c a b', '']);

  expect(runtime.runs[0]?.inputs).toEqual([
    [2, 4, 5, 3, 9, 9, 2, 3],
    [1, 1, 1, 1, 0, 0, 1, 1],
  ]);
});

test('types of tokens are those of the template', async () => {
  const sequence = { Sequence: { id: 'A', type_id: 1 } };
  const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const special_tokens = { x: { ids: [2] } };
  const single = [special('x', 0), sequence, special('x', 3)];
  const file = { ...FILE, post_processor: { type: 'TemplateProcessing', single, special_tokens } };
  const runtime = runtimeOf(all);
  await (await open(runtime, sourceOf(CONFIG, { ...file, padding: { pad_type_id: 7 } }))).ask(['a b']);

  expect(runtime.runs[0]?.inputs.at(-1)).toEqual([0, 1, 1, 3, 7, 7, 7, 7]);
});

test('a model whose length is fixed gets every row padded to it; the order and the types of its inputs are its own', async () => {
  const runtime = runtimeOf(({ inputs }) =>
    [...inputs]
      .reverse()
      .slice(1)
      .map(({ name }) => ({ name, dtype: 'float32' as const, shape: [6] })),
  );
  const { ask } = await open(runtime, sourceOf({ ...CONFIG, maxLength: 6 }));

  expect(await ask(['a'])).toEqual([3]);
  expect(runtime.runs[0]?.inputs).toEqual([
    [1, 1, 1, 0, 0, 0],
    [2, 4, 3, 0, 0, 0],
  ]);
});

test.each([false, true])(
  'rows of very different lengths run apart, and each answer is at its place; later: %s',
  async (later) => {
    const runtime = runtimeOf((source) => all(source).slice(0, 1), later);
    const { ask } = await open(runtime, sourceOf({ ...CONFIG, maxLength: 100 }));
    const texts = ['a', 'b '.repeat(90), 'c', ...Array(20).fill('a b'), 'c '.repeat(80)];

    expect(await ask(texts)).toEqual([9, 5 + 5 * 90, 11, ...Array(20).fill(14), 5 + 6 * 80]);
    expect(runtime.runs.map(({ rows }) => rows)).toEqual([22, 2]);
  },
);

test('featurisers of fixed tensors serve any runtime too, in the order of its inputs', async () => {
  const words = ['a', 'b'];
  const ids = { name: 'vocabulary-ids', words, length: 3, padding: 8, unknown: 9 } as const;
  const one = runtimeOf(({ inputs }) => inputs.map((input) => ({ ...input, name: 'whatever' })));
  expect(await (await open(one, sourceOf(ids))).ask(['b a x', ''])).toEqual([10, 24]);

  const ngrams = { name: 'hashed-ngrams', buckets: 16, length: 4, maxTokens: 4, minWordLength: 3 } as const;
  const two = runtimeOf(({ inputs }) => [...inputs].reverse());
  await (await open(two, sourceOf(ngrams))).ask(['b']);
  const [weights, rows] = two.runs[0]?.inputs ?? [];
  expect(weights).toEqual([1, 0, 0, 0]);
  expect(rows?.slice(1)).toEqual([0, 0, 0]);
});

test('what does not fit is told in one line, and the session is closed', async () => {
  const int = (name: string, shape = [20]): InputSpec => ({ name, dtype: 'int32', shape });
  const cases: [SessionSource, readonly InputSpec[], string][] = [
    [
      sourceOf(CONFIG),
      [int('input_ids'), int('position_ids')],
      'the featuriser gives no tensor "position_ids", which the model takes',
    ],
    [
      sourceOf(CONFIG),
      [int('input_ids', [30])],
      'the featuriser gives input "input_ids" the shape [20], the model takes [30]',
    ],
    [
      sourceOf(CONFIG),
      [{ ...int('input_ids'), dtype: 'bool' }],
      'the featuriser gives input "input_ids" as int32, the model takes bool',
    ],
    [
      sourceOf(CONFIG),
      [int('attention_mask'), int('token_type_ids')],
      'the featuriser has an input "input_ids", the model\'s inputs are "attention_mask", "token_type_ids"',
    ],
    [sourceOf(CONFIG), [int('x'), int('y')], 'the featuriser gives no tensor "x", which the model takes'],
  ];
  for (const [source, inputs, problem] of cases) {
    const runtime = runtimeOf(() => inputs);
    await expect(open(runtime, source)).rejects.toThrow(problem);
    expect(runtime.disposed()).toBe(1);
  }
  const unread = { ...sourceOf(CONFIG), tokenizer: undefined };
  await expect(open(runtimeOf(all), unread)).rejects.toThrow('tokenizer.json of m@1 was not read');
  const regex = { type: 'Split', pattern: { Regex: '[' }, behavior: 'Isolated', invert: false };
  const broken = sourceOf(CONFIG, { ...FILE, pre_tokenizer: regex });
  await expect(open(runtimeOf(all), broken)).rejects.toThrow(/^tokenizer\.json: /);
});
