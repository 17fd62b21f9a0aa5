import { expect, test } from 'vitest';
import type { Padding } from '../../../server/contracts/model.js';
import { padInput as padAtMost } from '../../../server/core/requests/padded-input.js';
import type { InputSpec } from '../../../shared/tensor.js';

const IDS: InputSpec = { name: 'ids', dtype: 'int32', shape: [-1] };
const MASK: InputSpec = { name: 'mask', dtype: 'float32', shape: [-1] };
const STEPS: InputSpec = { name: 'steps', dtype: 'float32', shape: [-1, 2] };
const padInput = (...given: [unknown, readonly InputSpec[], Padding]) => padAtMost(...given, 100);
const PADDING = { sizes: [2, 4, 8], value: 0, mask: { name: 'mask' } };

test('one row, and rows of different length, become as long as the longest needs, and the mask says what is real', () => {
  expect(padInput([5, 6, 7], [IDS, MASK], PADDING)).toEqual({
    size: 4,
    input: { ids: [5, 6, 7, 0], mask: [1, 1, 1, 0] },
  });
  expect(padInput({ ids: [[5], [6, 7]] }, [IDS, MASK], PADDING)).toEqual({
    size: 2,
    input: {
      ids: [
        [5, 0],
        [6, 7],
      ],
      mask: [
        [1, 0],
        [1, 1],
      ],
    },
  });
});

test('inner dimensions are filled too, with the value that is asked for', () => {
  const padded = padInput(
    [
      [[1, 2]],
      [
        [3, 4],
        [5, 6],
        [7, 8],
      ],
    ],
    [STEPS],
    { sizes: [4], value: -1 },
  );
  expect(padded).toEqual({
    size: 4,
    input: {
      steps: [
        [
          [1, 2],
          [-1, -1],
          [-1, -1],
          [-1, -1],
        ],
        [
          [3, 4],
          [5, 6],
          [7, 8],
          [-1, -1],
        ],
      ],
    },
  });
});

test('bytes are padded as numbers are, tagged, bare or one array a row', () => {
  const tagged = { dtype: 'int32', shape: [2, 3], data: new Uint8Array(Int32Array.of(1, 2, 3, 4, 5, 6).buffer) };
  expect(padInput(tagged, [IDS, MASK], PADDING)).toMatchObject({
    input: {
      ids: [
        [1, 2, 3, 0],
        [4, 5, 6, 0],
      ],
    },
  });
  expect(padInput(Float32Array.of(1, 2, 3, 4, 5, 6), [STEPS], PADDING)).toMatchObject({
    input: {
      steps: [
        [1, 2],
        [3, 4],
        [5, 6],
        [0, 0],
      ],
    },
  });
  expect(padInput([Float32Array.of(1, 2), Float32Array.of(1, 2, 3, 4)], [STEPS], PADDING)).toMatchObject({
    input: {
      steps: [
        [
          [1, 2],
          [0, 0],
        ],
        [
          [1, 2],
          [3, 4],
        ],
      ],
    },
  });
});

test('beyond the largest size it stays as long as it is, for the model to refuse', () => {
  expect(padInput(Array(9).fill(1), [IDS, MASK], PADDING)).toMatchObject({ size: 9 });
});

test('inputs of one row must be as long as each other', () => {
  const input = {
    ids: [[1, 2], [3]],
    steps: [
      [
        [1, 1],
        [2, 2],
      ],
      [
        [3, 3],
        [4, 4],
      ],
    ],
  };
  expect(padInput(input, [IDS, STEPS], PADDING)).toBe('input.steps has size 2 in row 1, where input.ids has 1');
});

test.each([[7], ['text'], [[]], [{ other: [1] }], [Float32Array.of(1, 2, 3)], [[Float32Array.of(1, 2), 3]]])(
  'what has no rows is left to the check of inputs: %j',
  (input) => expect(padInput(input, [STEPS], PADDING)).toBeUndefined(),
);

test('more rows than a request may have are not padded', () => {
  expect(padInput(Array(101).fill([1]), [IDS, MASK], PADDING)).toBeUndefined();
  expect(padInput(Array(100).fill([1]), [IDS, MASK], PADDING)).toMatchObject({ size: 2 });
});
