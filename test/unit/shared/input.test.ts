import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InputModel, measureInput } from '../../../shared/input.js';
import { writeRow } from '../../../shared/row-writer.js';
import { newTensorArray, type TensorArray, type TensorSpec } from '../../../shared/tensor.js';

const LIMITS = { maxRequestRows: 100, maxTextLength: 20 };

function tensor(shape: readonly number[], dtype: TensorSpec['dtype'] = 'float32', name = 'x'): TensorSpec {
  return { name, dtype, shape };
}

function modelOf(...inputs: InputModel['inputs']): InputModel {
  return { ref: 'm@1', inputs };
}

const VECTOR = modelOf(tensor([4]));
const SCALARS = modelOf(tensor([1]));
const MATRIX = modelOf(tensor([2, 3]));
const TEXT = modelOf({ name: 'text', dtype: 'string', shape: [] });
const TWO = modelOf(tensor([2], 'float32', 'a'), tensor([1], 'int32', 'b'));

/** Rows, batched and the elements of the first tensor, or the code and message of the refusal. */
function read(
  input: unknown,
  model: InputModel,
): { rows: number; batched: boolean; values: unknown[] } | { code: string; message: string } {
  const measured = measureInput(input, model, LIMITS);
  if (!measured.ok) return { code: measured.error.code, message: measured.error.message };
  const { rows, batched, parts } = measured.value;
  const values: unknown[] = [];
  for (const part of parts) {
    if (part.kind === 'text') values.push(...part.value);
    else {
      const size = part.spec.shape.reduce((a, b) => a * b, 1);
      const target: TensorArray = newTensorArray(part.spec.dtype, rows * size);
      for (let row = 0; row < rows; row++) {
        const problem = writeRow(part, row, target, row * size);
        if (problem !== undefined) return { code: 'INVALID_INPUT', message: problem };
      }
      values.push(...target);
    }
  }
  return { rows, batched, values };
}

describe('what is read', () => {
  const bytes = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
  const shifted = new Uint8Array(17);
  shifted.set(bytes, 1);
  test.each([
    ['one example of a vector', [1, 2, 3, 4], VECTOR, 1, false, [1, 2, 3, 4]],
    [
      'a batch of vectors',
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      VECTOR,
      2,
      true,
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    ['a flat array for shape [1] as a batch, as tfjs reads it', [1, 2, 3], SCALARS, 3, true, [1, 2, 3]],
    ['a nested array for shape [1]', [[1], [2]], SCALARS, 2, true, [1, 2]],
    [
      'one matrix',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      MATRIX,
      1,
      false,
      [1, 2, 3, 4, 5, 6],
    ],
    ['a scalar of shape []', 7, modelOf(tensor([])), 1, false, [7]],
    ['a batch of scalars of shape []', [7, 8], modelOf(tensor([])), 2, true, [7, 8]],
    ['a named input of a model with one', { x: [1, 2, 3, 4] }, VECTOR, 1, false, [1, 2, 3, 4]],
    [
      'several named inputs',
      { b: [3], a: [1, 2], extra: 1 },
      modelOf(tensor([2], 'float32', 'a'), tensor([], 'int32', 'b')),
      undefined,
      undefined,
      undefined,
    ],
    [
      'one example each, of shape [1] too',
      { b: [3], a: [1, 2] },
      modelOf(tensor([2], 'float32', 'a'), tensor([1], 'float32', 'b')),
      1,
      false,
      [1, 2, 3],
    ],
    ['two inputs as a batch', { a: [[1, 2]], b: [[3]] }, TWO, 1, true, [1, 2, 3]],
    ['tagged bytes of one example', { dtype: 'float32', shape: [4], data: bytes }, VECTOR, 1, false, [1, 2, 3, 4]],
    ['tagged bytes of a batch', { dtype: 'float32', shape: [1, 4], data: bytes }, VECTOR, 1, true, [1, 2, 3, 4]],
    [
      'bytes at an unaligned offset',
      { dtype: 'float32', shape: [4], data: shifted.subarray(1) },
      VECTOR,
      1,
      false,
      [1, 2, 3, 4],
    ],
    ['bare bytes as float32', bytes, VECTOR, 1, false, [1, 2, 3, 4]],
    ['a bare Float32Array', new Float32Array([1, 2, 3, 4]), VECTOR, 1, false, [1, 2, 3, 4]],
    ['an ArrayBuffer', bytes.buffer, VECTOR, 1, false, [1, 2, 3, 4]],
    ['booleans', [true, false], modelOf(tensor([2], 'bool')), 1, false, [1, 0]],
    ['a text', 'hello', TEXT, 1, false, ['hello']],
    ['an empty text', '', TEXT, 1, false, ['']],
    ['texts', ['a', 'b'], TEXT, 2, true, ['a', 'b']],
  ])('%s', (_title, input, model, rows, batched, values) => {
    if (rows === undefined) return expect(read(input, model)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(read(input, model)).toEqual({ rows, batched, values });
  });
});

describe('what is refused, and how', () => {
  const deep = JSON.parse(`${'['.repeat(20_000)}1${']'.repeat(20_000)}`) as unknown;
  test.each([
    ['wrong shape', [1, 2, 3], VECTOR, 'input[0] has length 3|input has length 3, expected 4'],
    ['wrong rank', [[[1, 2, 3, 4]]], VECTOR, 'input has shape [1, 1, 4], m@1 expects [4] or a batch [rows, 4]'],
    ['a number for a vector', 4, VECTOR, 'input is 4; m@1 expects float32 [4]'],
    [
      'ragged',
      [
        [1, 2, 3],
        [4, 5],
      ],
      MATRIX,
      'input[1] has length 2, expected 3',
    ],
    ['ragged in depth', [[1, 2, 3], 4], MATRIX, 'the nesting is ragged'],
    ['empty', [], VECTOR, 'input is empty'],
    ['an empty row', [[]], VECTOR, 'input[0] has length 0, expected 4'],
    ['an empty batch of texts', [], TEXT, 'input is empty'],
    ['NaN', [1, Number.NaN, 3, 4], VECTOR, 'input[1] is NaN'],
    ['infinity, as JSON gives it for 1e400', JSON.parse('[1, 2, 1e400, 4]'), VECTOR, 'input[2] is Infinity'],
    ['a double that float32 cannot hold', [1, 2, 3, 1e39], VECTOR, 'input[3] is 1e+39, which is no finite float32'],
    ['null', [1, null, 3, 4], VECTOR, 'input[1] is null, expected a number'],
    ['a string for a tensor model', 'text', VECTOR, 'input is "text"; m@1 expects float32 [4]'],
    ['strings in a tensor', ['1', '2', '3', '4'], VECTOR, 'input[0] is "1", expected a number'],
    ['numbers for a text model', 5, TEXT, 'input is 5; m@1 expects a string'],
    ['numbers among texts', ['a', 5], TEXT, 'input[1] is 5'],
    [
      'a fraction for int32',
      { a: [1, 2], b: [1.5] },
      modelOf(tensor([2], 'float32', 'a'), tensor([1], 'int32', 'b')),
      'input.b[0] is 1.5, expected an int32 integer',
    ],
    ['a fraction in int32', [1.5], modelOf(tensor([1], 'int32')), 'input[0] is 1.5, expected an int32 integer'],
    ['2 as a bool', [2], modelOf(tensor([1], 'bool')), 'expected true or false'],
    ['a missing named input', { a: [1, 2] }, TWO, 'input lacks "b"'],
    ['no object for several inputs', [1], TWO, 'expects an object with a, b'],
    ['an object without the input', { y: [1] }, VECTOR, 'without "x"'],
    ['__proto__ as the input', JSON.parse('{"__proto__": {"x": [1, 2, 3, 4]}}'), VECTOR, 'without "x"'],
    [
      'an odd number of bytes',
      { dtype: 'float32', shape: [4], data: new Uint8Array(15) },
      VECTOR,
      'has 15 bytes, shape [4] of float32 needs 16',
    ],
    [
      'a shape that does not match the bytes',
      { dtype: 'float32', shape: [2, 4], data: new Uint8Array(16) },
      VECTOR,
      'needs 32',
    ],
    [
      'a shape with a negative size',
      { dtype: 'float32', shape: [-4], data: new Uint8Array(16) },
      VECTOR,
      'integers >= 0',
    ],
    [
      'a shape whose product overflows',
      { dtype: 'float32', shape: [2 ** 40, 2 ** 40], data: new Uint8Array(16) },
      VECTOR,
      'm@1 expects [4]',
    ],
    [
      'the wrong dtype',
      { dtype: 'int32', shape: [4], data: new Uint8Array(16) },
      VECTOR,
      'has dtype int32, m@1 expects float32',
    ],
    [
      'an unknown dtype',
      { dtype: 'float64', shape: [4], data: new Uint8Array(32) },
      VECTOR,
      'dtype must be float32, int32, bool or uint8',
    ],
    ['data that is no bytes', { dtype: 'float32', shape: [4], data: [1, 2, 3, 4] }, VECTOR, 'data must be bytes'],
    ['NaN in bytes', new Float32Array([1, Number.NaN, 3, 4]), VECTOR, 'NaN at element 1'],
    ['bare bytes of the wrong size', new Uint8Array(20), VECTOR, 'has 20 bytes, one example of m@1 has 16'],
    ['bare bytes of float64', new Uint8Array(32), VECTOR, 'float64 is not read, send a Float32Array'],
    ['a bare Float64Array', new Float64Array(4), VECTOR, 'not a Float32Array'],
    ['bare bytes for int32', new Uint8Array(4), modelOf(tensor([1], 'int32')), 'read as float32'],
    ['an empty batch in bytes', { dtype: 'float32', shape: [0, 4], data: new Uint8Array(0) }, VECTOR, 'input is empty'],
    ['nesting 20,000 deep', deep, VECTOR, 'more than 8 levels of nesting'],
  ])('%s', (_title, input, model, message) => {
    const answer = read(input, model);

    expect(answer).toMatchObject({ code: 'INVALID_INPUT' });
    const parts = message.split('|');
    expect(
      parts.some((part) => 'message' in answer && answer.message.includes(part)),
      JSON.stringify(answer),
    ).toBe(true);
  });

  test('too many rows and too long a text are TOO_LARGE', () => {
    expect(read(Array(101).fill(0), SCALARS)).toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('101 rows'),
    });
    expect(read('x'.repeat(21), TEXT)).toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('21 characters'),
    });
    expect(read(Array(200).fill('a'), TEXT)).toMatchObject({ code: 'TOO_LARGE' });
  });
});

test('nothing that JSON or a caller can make throws or is read as non-finite', () => {
  const anything = fc.anything({
    withTypedArray: true,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
  });
  fc.assert(
    fc.property(
      fc.oneof(anything, fc.array(fc.float(), { maxLength: 5 })),
      fc.constantFrom(VECTOR, SCALARS, MATRIX, TEXT, TWO),
      (input, model) => {
        const answer = read(input, model);
        if ('values' in answer)
          expect(answer.values.every((value) => typeof value === 'string' || Number.isFinite(value))).toBe(true);
        else expect(answer.message.length).toBeLessThan(300);
      },
    ),
    { numRuns: 2000 },
  );
});

describe('pixels', () => {
  const image: InputModel = { ref: 'm@1', inputs: [{ name: 'x', dtype: 'float32', shape: [2, 2, 3] }] };
  const pixels = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
  const limits = { maxRequestRows: 10, maxTextLength: 10 };
  const read = (input: unknown, model = image): unknown => {
    const measured = measureInput(input, model, limits);
    if (!measured.ok) return measured.error.message;
    const { parts, rows, batched } = measured.value;
    const target = new Float32Array(rows * 12);
    for (let row = 0; row < rows; row++) {
      const problem = writeRow(parts[0] as Parameters<typeof writeRow>[0], row, target, row * 12);
      if (problem !== undefined) return problem;
    }
    return { rows, batched, values: [...target] };
  };

  test.each<[string, unknown, number, boolean]>([
    ['one, bare', pixels.slice(0, 12), 1, false],
    ['one, of a canvas', new Uint8ClampedArray(pixels.slice(0, 12)), 1, false],
    ['one, as an ArrayBuffer', pixels.slice(0, 12).buffer, 1, false],
    ['one, tagged', { dtype: 'uint8', shape: [2, 2, 3], data: pixels.slice(0, 12) }, 1, false],
    ['two, tagged', { dtype: 'uint8', shape: [2, 2, 2, 3], data: pixels }, 2, true],
    ['two, one after the other', [pixels.slice(0, 12), pixels.slice(12)], 2, true],
    ['one of an odd place in its memory', pixels.subarray(1, 13), 1, false],
  ])('as uint8: %s', (_title, input, rows, batched) => {
    const first = _title.includes('odd') ? 10 : 0;
    const values = Array.from({ length: rows * 12 }, (_, i) => first + i * 10);
    expect(read(input)).toEqual({ rows, batched, values });
  });

  test('an int32 input takes them too, a bool input does not', () => {
    const int: InputModel = { ref: 'm@1', inputs: [{ name: 'x', dtype: 'int32', shape: [2, 2, 3] }] };
    const bool: InputModel = { ref: 'm@1', inputs: [{ name: 'x', dtype: 'bool', shape: [2, 2, 3] }] };
    const tagged = { dtype: 'uint8', shape: [2, 2, 3], data: pixels.slice(0, 12) };
    expect(read(tagged, int)).toMatchObject({ rows: 1, values: expect.arrayContaining([110]) });
    expect(read(tagged, bool)).toBe('input has dtype uint8, m@1 expects bool');
  });

  test('bytes of float32 are read as before, and other lengths are told, those of a canvas with alpha by name', () => {
    const floats = Float32Array.from({ length: 12 }, (_, i) => i / 2);
    expect(read(new Uint8Array(floats.buffer))).toMatchObject({ rows: 1, values: [...floats] });
    expect(read(new Uint8Array(16))).toMatch(
      /16 bytes, .* 48 \(float32 \[2, 2, 3\]\) or 12 \(uint8\); these are pixels with alpha/,
    );
    expect(read(new Uint8Array(13))).toMatch(/has 13 bytes, .*give its type and shape/);
    expect(read({ dtype: 'uint8', shape: [2, 2, 3], data: new Uint8Array(48) })).toMatch(
      /48 bytes, .* of uint8 needs 12/,
    );
  });
});
