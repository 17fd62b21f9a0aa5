import { describe, expect, test } from 'vitest';
import type { HeaderValue } from '../src/file/value-info.js';
import { settleInputs } from '../src/session/settle-inputs.js';

const tensor = (name: string, type: string, shape: HeaderValue['shape']): HeaderValue => {
  return { name, kind: 'tensor', type, shape };
};
const IMAGE = tensor('image', 'float32', ['batch', 3, 'height', 'width']);

type Given = [...Parameters<typeof settleInputs>] extends [infer A, infer B, infer C, ...unknown[]] ? [A, B, C] : never;

function problem(...given: Parameters<typeof settleInputs>): string {
  const settled = settleInputs(...given);
  return settled.ok ? 'it is settled' : settled.problem;
}

describe('inputs that the file leaves open', () => {
  test('are those of each run, or what the manifest says', () => {
    expect(settleInputs([IMAGE], [], {})).toMatchObject({ inputs: { given: [{ spec: { shape: [3, -2, -3] } }] } });
    const declared = [{ name: 'image', dtype: 'float32', shape: [3, 8, 8] }];
    expect(settleInputs([IMAGE], declared, {})).toMatchObject({ inputs: { given: [{ spec: { shape: [3, 8, 8] } }] } });
  });

  test('of no known rank are named with what to put into the manifest, all at once', () => {
    const model = [tensor('ids', 'int64', undefined), tensor('mask', 'int64', undefined)];
    expect(problem(model, [], {})).toBe(
      'input "ids" leaves its shape [...] open; put "inputs": [{ "name": "ids", "dtype": "int32", "shape": [...] }, { "name": "mask", "dtype": "int32", "shape": [...] }] with every size in manifest.json (without the batch dimension)',
    );
  });

  test('share a size that has a name', () => {
    const model = [tensor('ids', 'int64', ['batch', 'tokens']), tensor('mask', 'int64', ['batch', 'tokens'])];
    expect(settleInputs(model, [{ name: 'mask', dtype: 'int32', shape: [5] }], {})).toMatchObject({
      ok: true,
      inputs: { given: [{ spec: { shape: [5] } }, { spec: { shape: [5] } }] },
    });
  });

  test('are those of a featuriser, which may give more than the model takes and name its only tensor otherwise', () => {
    const ids = tensor('input_ids', 'int64', ['batch', 'tokens']);
    const given = [
      { name: 'input_ids', dtype: 'int32', shape: [-1] },
      { name: 'token_type_ids', dtype: 'int32', shape: [-1], optional: true },
    ];
    expect(settleInputs([ids], given, {}, 'the featuriser')).toMatchObject({ inputs: { given: [{ sizes: [-1] }] } });
    const fixed = tensor('ids', 'int64', ['batch', 16]);
    expect(settleInputs([fixed], given, {}, 'the featuriser')).toMatchObject({ inputs: { given: [{ sizes: [16] }] } });
    expect(
      problem(
        [ids, tensor('x', 'int64', ['batch'])],
        [{ name: 'y', dtype: 'int32', shape: [-1] }],
        {},
        'the featuriser',
      ),
    ).toBe('the featuriser has an input "y", the model\'s inputs are "input_ids", "x"');
  });

  test('may be without any shape', () => {
    const model = [tensor('x', 'float32', undefined)];
    expect(problem(model, [], {})).toContain('leaves its shape [...] open');
    expect(problem(model, [{ name: 'x', dtype: 'float32', shape: [2] }], {})).toBe('it is settled');
  });
});

const X = tensor('x', 'float32', ['batch', 2]);
const SCALAR = tensor('sr', 'int64', []);

test.each([
  [
    [X],
    [{ name: 'z', dtype: 'float32', shape: [2] }],
    {},
    'manifest.json has an input "z", the model\'s inputs are "x"',
  ],
  [[X], [], { z: 1 }, 'manifest.json has an input "z"'],
  [[X], [{ name: 'x', dtype: 'int32', shape: [2] }], {}, 'gives input "x" as int32, the model takes float32'],
  [[X], [{ name: 'x', dtype: 'float32', shape: [3] }], {}, 'gives input "x" the shape [3], the model takes [2]'],
  [
    [tensor('x', 'int64', ['batch', 2])],
    [{ name: 'x', dtype: 'float32', shape: [2] }],
    {},
    'the model takes int64, carried as int32',
  ],
  [
    [X],
    [{ name: 'x', dtype: 'float32', shape: [2] }],
    { x: [1, 2] },
    '"x" in "inputs" and in "constants"; give it once',
  ],
  [[X], [], { x: [1, 2] }, 'callers would have nothing to give'],
  [
    [X, SCALAR],
    [],
    {},
    'input "sr" is a scalar: it has no batch dimension; export the model with one, or put "constants": { "sr": 0 }',
  ],
  [[X, SCALAR], [], { sr: 16_000 }, 'it is settled'],
  [
    [X, SCALAR],
    [],
    { sr: [1, 2] },
    '"constants" in manifest.json gives input "sr" 2 numbers, the model takes the shape []',
  ],
  [[X, SCALAR], [], { sr: 0.5 }, '"constants" in manifest.json gives input "sr" a number that is no int64'],
  [[X, tensor('k', 'uint8', [])], [], { k: 256 }, 'gives input "k" a number that is no uint8'],
  [
    [X, tensor('s', 'float32', [2, 'batch', 3])],
    [],
    {},
    'input "s" has a fixed first dimension of 2, expected the batch',
  ],
  [[X, tensor('s', 'float32', [2, 'n', 3])], [], { s: [1, 2, 3, 4, 5, 6] }, 'it is settled'],
  [
    [X, tensor('s', 'float32', [2, 'n', 3])],
    [],
    { s: [1, 2, 3, 4] },
    'gives input "s" 4 numbers, the model takes the shape [2, n, 3]',
  ],
  [[tensor('x', 'bfloat16', ['batch', 2])], [], {}, 'input "x" has dtype bfloat16, expected float32, float16,'],
  [[{ ...X, kind: 'sequence' }], [], {}, 'input "x" is a sequence, expected a tensor'],
  [[tensor('t', 'string', ['batch', 1])], [], {}, 'it is settled'],
  [[tensor('t', 'string', ['batch'])], [], {}, 'it is settled'],
  [[tensor('t', 'string', ['batch', 4])], [], {}, 'input "t" takes strings of shape [4] a row, expected one'],
  [
    [tensor('t', 'string', ['b']), tensor('u', 'string', ['b'])],
    [],
    {},
    'inputs "t", "u" are texts, and the hub gives a model one at most',
  ],
  [
    [X, tensor('t', 'string', [])],
    [],
    { t: 1 },
    'input "t" takes strings, which "constants" in manifest.json cannot give',
  ],
  [[tensor('x', 'float32', ['b', 1, 1, 1, 1, 1, 1, 1, 1])], [], {}, 'input "x" has 8 dimensions, the most are 7'],
  [[tensor('x', 'float32', ['b', 0])], [], {}, 'input "x" has a dimension of 0'],
] satisfies [...Given, string][])('%o with %o and constants %o: %s', (model, declared, constants, said) => {
  expect(problem(model, declared, constants)).toContain(said);
});

test('a first dimension of 1 is a batch of one row at a time', () => {
  expect(settleInputs([tensor('x', 'float32', [1, 2])], [], {})).toMatchObject({ inputs: { isSingle: true } });
  expect(settleInputs([X], [], {})).toMatchObject({ inputs: { isSingle: false } });
});
