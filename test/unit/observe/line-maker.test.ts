import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ModelSpec } from '../../../server/contracts/model.js';
import type { Predicted } from '../../../server/contracts/outcome.js';
import type { ObservedRequest } from '../../../server/contracts/tap.js';
import { JsonBytes } from '../../../server/observe/prediction-log/json-bytes.js';
import { LineMaker } from '../../../server/observe/prediction-log/line-maker.js';
import type { RowLayout } from '../../../server/observe/prediction-log/messages.js';
import { RowCollector } from '../../../server/observe/prediction-log/row-collector.js';
import type { TensorArray } from '../../../shared/tensor.js';
import { makeModel } from '../../support/core.js';

const AT = Date.UTC(2026, 10, 25, 20, 13, 2, 123);
const TIMING = { queueUs: 1, batchUs: 2, inferUs: 3, totalUs: 6, batchRows: 1, engine: 'puppet' } as const;

interface Row {
  readonly spec?: Partial<ModelSpec>;
  readonly input: unknown;
  readonly arrays?: readonly TensorArray[];
  readonly id?: string | number;
  readonly stream?: string;
  readonly alias?: string;
  readonly row?: number;
  readonly batched?: boolean;
  readonly timing?: Predicted['timing'];
}

/** The texts of the lines for rows, each in a post of its own kind. */
function linesOf(rows: readonly Row[], layout: Partial<RowLayout> = {}, oneIn = 1): string[] {
  const whole = { input: 'plain', maxInputChars: 20, maxInputValues: 4, ...layout } as const;
  const collector = new RowCollector(whole);
  for (const {
    spec,
    input,
    arrays = [Float32Array.of(0.5)],
    id,
    stream,
    alias = 'a1',
    row = 0,
    batched = false,
    timing,
  } of rows) {
    const model = { ...makeModel().spec, ...spec };
    const request = requestOf(model, input, { id, stream, batched, alias });
    const outcome: Predicted = { ok: true, model, output: { arrays, firstRow: 0, rows: 1 }, batched, timing };
    collector.add(request, outcome, collector.partsOf(request, outcome), row, AT);
  }
  const text = new LineMaker(whole, oneIn).make(collector.take()).toString();
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

function requestOf(
  model: ModelSpec,
  input: unknown,
  {
    id,
    stream,
    batched = false,
    alias = 'a1',
  }: { readonly [Name in 'id' | 'stream' | 'batched' | 'alias']?: Row[Name] | undefined } = {},
): ObservedRequest {
  const origin = { name: 'test', via: 'rest', alias, internal: false };
  return { id, origin, model, rows: 1, batched, acceptedAt: 0, stream, input };
}

const lineOf = (row: Row, layout?: Partial<RowLayout>, oneIn?: number): Record<string, unknown> =>
  JSON.parse(linesOf([row], layout, oneIn)[0] ?? '');

const text = { inputs: [{ name: 'text', dtype: 'string', shape: [] }] } as const satisfies Partial<ModelSpec>;
const tensor = (...shape: number[]) => ({ inputs: [{ name: 'x', dtype: 'float32', shape }] }) as const;

test('a line holds what a row has, in this order, and nothing that it has not', () => {
  const [full, bare] = linesOf([
    {
      spec: { ...text, labels: ['bad', 'good'], outputs: [{ name: 'y', dtype: 'float32', shape: [2] }] },
      input: ['first', 'so "good"\n'],
      arrays: [Float32Array.of(0.8, 0.2, 0.1, 0.9)],
      id: 'a"1',
      stream: 'talk',
      row: 1,
      batched: true,
      timing: TIMING,
    },
    { spec: tensor(2), input: [0.25, -3], alias: '' },
  ]);

  expect(full).toBe(
    '{"v":1,"time":"2026-11-25T20:13:02.123Z","model":"twice@1","via":"rest","id":"a\\"1","row":1,"input":"so \\"good\\"\\n","prediction":[0.1,0.9],"label":"good","score":0.9,' +
      '"timing":{"queueUs":1,"batchUs":2,"inferUs":3,"totalUs":6,"batchRows":1,"engine":"puppet"},"client":"a1","stream":"talk"}',
  );
  expect(bare).toBe(
    '{"v":1,"time":"2026-11-25T20:13:02.123Z","model":"twice@1","via":"rest","input":[0.25,-3],"prediction":[0.5]}',
  );
});

test('a line has the label and the score of one number for two labels', () => {
  const spec = { ...tensor(1), labels: ['no', 'yes'], outputs: [{ name: 'y', dtype: 'float32', shape: [1] }] } as const;

  expect(lineOf({ spec, input: [1], arrays: [Float32Array.of(0.25)] })).toMatchObject({
    prediction: [0.25],
    label: 'no',
    score: 0.75,
  });
});

test('a line of a sample says of how many it is one', () => {
  expect(lineOf({ input: [1] }, {}, 100)).toMatchObject({ oneIn: 100 });
});

test('inputs: their beginning, and how long they are where it is not all', () => {
  const rows: Row[] = [
    { spec: text, input: 'x'.repeat(20) },
    { spec: text, input: 'x'.repeat(21) },
    { spec: text, input: `${'x'.repeat(19)}😀` },
    {
      spec: tensor(2, 3),
      input: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    },
    { spec: tensor(2), input: Float32Array.of(0.1, 2) },
  ];
  const seen = linesOf(rows).map((line) => JSON.parse(line));

  expect(seen.map(({ input, inputLength }) => [input, inputLength])).toEqual([
    ['x'.repeat(20), undefined],
    ['x'.repeat(20), 21],
    ['x'.repeat(19), 21],
    [[1, 2, 3, 4], 6],
    [[0.1, 2], undefined],
  ]);
});

test('a model with several inputs and outputs has them by name; long ones share what may be kept', () => {
  const spec: Partial<ModelSpec> = {
    inputs: [
      { name: 'a', dtype: 'float32', shape: [3] },
      { name: 'b', dtype: 'int32', shape: [3] },
      { name: 'note', dtype: 'string', shape: [] },
    ],
    outputs: [
      { name: 'y', dtype: 'float32', shape: [90] },
      { name: 'z', dtype: 'int32', shape: [20] },
    ],
  };
  const arrays = [new Float32Array(90), Int32Array.from({ length: 20 }, (_, i) => i)];
  const { input, inputLength, prediction, predictionLength } = lineOf({
    spec,
    input: { a: [1, 2, 3], b: [4, 5, 6], note: 'hi' },
    arrays,
  }) as { input: object; inputLength: number; prediction: { y: number[]; z: number[] }; predictionLength: number };

  expect(input).toEqual({ a: [1, 2, 3], b: [4], note: 'hi' });
  expect(inputLength).toBe(8);
  expect([prediction.y.length, prediction.z]).toEqual([90, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
  expect(predictionLength).toBe(110);
});

test('input none: nothing of it is in a line, nor does it reach the thread', () => {
  const secret = 'the secret of the user';
  const collector = new RowCollector({ input: 'none', maxInputChars: 100, maxInputValues: 100 });
  const model = { ...makeModel().spec, ...text };
  const request = requestOf(model, secret);
  const outcome: Predicted = {
    ok: true,
    model,
    output: { arrays: [Float32Array.of(1)], firstRow: 0, rows: 1 },
    batched: false,
    timing: undefined,
  };
  collector.add(request, outcome, collector.partsOf(request, outcome), 0, AT);

  expect(collector.take().text).not.toContain('secret');
  expect(Object.keys(lineOf({ spec: text, input: secret }, { input: 'none' }))).not.toContain('input');
});

test('input hash: the SHA-256 of the text in UTF-8, or of the elements as the model gets them', () => {
  const sha = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const of = (row: Row): unknown => lineOf(row, { input: 'hash' }).inputHash;
  const elements = new Uint8Array(Float32Array.of(1, 2.5).buffer);

  expect(of({ spec: text, input: 'naïve 😀' })).toBe(sha('naïve 😀'));
  expect(of({ spec: tensor(2), input: [1, 2.5] })).toBe(sha(elements));
  expect(of({ spec: tensor(2), input: Float32Array.of(1, 2.5) })).toBe(sha(elements));
  expect(lineOf({ spec: text, input: 'naïve' }, { input: 'hash' })).not.toHaveProperty('input');
});

test('what is no number in JSON is null', () => {
  const spec: Partial<ModelSpec> = { outputs: [{ name: 'y', dtype: 'float32', shape: [4] }] };
  const arrays = [Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e30)];

  expect(lineOf({ spec, input: [1], arrays }).prediction).toEqual([null, null, 0, Math.fround(1e30)]);
});

test('any text and any id reads back as it was', () => {
  const unit = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(unit, unit, unit, (input, id, alias) => {
      const line = lineOf({ spec: text, input, id, alias }, { maxInputChars: 1000 });
      // JSON in UTF-8 has no half of a surrogate pair but as an escape.
      expect([line.input, line.id ?? '', line.client ?? '']).toEqual([input, id, alias]);
    }),
  );
});

test('any double and any float32 reads back as it was', () => {
  const json = new JsonBytes();
  const write = (kind: 'double' | 'float', value: number): number => {
    json.clear();
    json[kind](value);
    return JSON.parse(json.written.toString());
  };
  const finite = { noNaN: true, noDefaultInfinity: true };
  const decimals = fc.tuple(fc.integer(), fc.nat(14)).map(([whole, places]) => whole / 10 ** places);
  const edges = [0.1, 0.7361124, 1e-7, 123456.5, 9999999.99, -0.0001, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 1e21];
  const any = fc.oneof(fc.double(finite), fc.float(finite), decimals, fc.constantFrom(...edges));
  fc.assert(
    fc.property(any, (value) => {
      const float = Math.fround(value);
      expect(write('double', value)).toBe(value + 0);
      if (Number.isFinite(float)) expect(Math.fround(write('float', float))).toBe(float + 0);
    }),
    { numRuns: 5000 },
  );
});

test('a line larger than the buffer is whole', () => {
  const input = 'x"'.repeat(400_000);
  expect(lineOf({ spec: { ...text }, input }, { maxInputChars: 1e6 }).input).toBe(input);
});
