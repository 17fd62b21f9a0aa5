// The featurisers `wordpiece`, `bpe` and `unigram` as a manifest names them.
import { expect, test } from 'vitest';
import { parseFeaturiserConfig } from '../../../shared/text/featuriser.js';

const GOOD = { name: 'wordpiece', file: 'tokenizer.json', maxLength: 128 };

test('a name, a file and a length are enough', () => {
  const unsaid = { inputs: undefined, pad: { id: undefined, side: undefined } };

  expect(parseFeaturiserConfig(GOOD)).toEqual({ ok: true, config: { ...GOOD, ...unsaid } });
  const whole = { ...GOOD, name: 'bpe', inputs: ['attention_mask', 'input_ids'], pad: { id: 0, side: 'left' } };
  expect(parseFeaturiserConfig(whole)).toEqual({ ok: true, config: whole });
});

test.each([
  [{ ...GOOD, length: 3 }, 'featuriser.length is not known; wordpiece takes file, maxLength, inputs, pad'],
  [{ ...GOOD, file: undefined }, 'featuriser.file is nothing, expected the name of a file in the model’s folder'],
  [{ ...GOOD, file: 7 }, 'featuriser.file is 7, expected the name of a file'],
  [{ ...GOOD, maxLength: 0 }, 'featuriser.maxLength is 0, expected a whole number of tokens from 1 to 8192'],
  [{ ...GOOD, maxLength: '9' }, 'featuriser.maxLength is "9", expected a whole number'],
  [{ ...GOOD, inputs: ['attention_mask'] }, 'featuriser.inputs is ["attention_mask"], expected a list of input_ids, '],
  [{ ...GOOD, inputs: ['input_ids', 'x'] }, 'featuriser.inputs is ["input_ids","x"], expected a list'],
  [
    { ...GOOD, inputs: ['input_ids', 'input_ids'] },
    'expected a list of input_ids, attention_mask, token_type_ids, each once',
  ],
  [{ ...GOOD, pad: 0 }, 'featuriser.pad is 0, expected { "id": 0, "side": "right" }, or one of the two'],
  [{ ...GOOD, pad: { id: -1 } }, 'featuriser.pad.id is -1, expected the id of a token'],
  [{ ...GOOD, pad: { side: 'top' } }, 'featuriser.pad.side is "top", expected "left" or "right"'],
  [{ ...GOOD, pad: { token: 'x' } }, 'featuriser.pad.token is not known; pad takes id, side'],
])('%j: %s', (value, problem) => {
  expect(parseFeaturiserConfig(value)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
});
