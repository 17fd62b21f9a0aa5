import { expect, test } from 'vitest';
import type { ModelSpec } from '../../../server/contracts/model.js';
import { sizeWarning } from '../../../server/models/example-size.js';

const MIB = 1_048_576;
const limits = { maxFrameBytes: MIB, maxJsonBytes: MIB / 2, maxOutboxBytes: MIB };
const modelOf = (input: readonly number[], output: readonly number[]): ModelSpec => ({
  name: 'image',
  version: '1',
  ref: 'image@1',
  inputs: [{ name: 'x', dtype: 'float32', shape: input }],
  outputs: [{ name: 'y', dtype: 'float32', shape: output }],
  labels: undefined,
  maxTextLength: 100,
});

test.each([
  ['small', [16], [3], undefined],
  [
    'as bytes only',
    [224, 224, 3],
    [3],
    /^model image@1: one example is too large for JSON over a socket .*application\/octet-stream/,
  ],
  [
    'as uint8 only',
    [299, 299, 3],
    [3],
    /fits as uint8, but not as float32, which takes 1073324 bytes: start with --max-frame-bytes 1073324/,
  ],
  ['not at all', [1024, 1024, 3], [3], /does not fit even as uint8: .*--max-frame-bytes 12583424/],
  [
    'a large answer',
    [16],
    [512, 512],
    /^model image@1: one answer takes about 3146240 bytes, .*--max-outbox-bytes 1048576/,
  ],
])('%s', (_title, input, output, warning) => {
  const said = sizeWarning(modelOf(input, output), limits);
  if (warning === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(warning);
});

test('a text fits by its own limit', () => {
  const text: ModelSpec = { ...modelOf([1], [3]), inputs: [{ name: 'text', dtype: 'string', shape: [] }] };
  expect(sizeWarning(text, limits)).toBeUndefined();
});
