// Single characters in which the reference implementation differs from the Unicode of today.
import { expect, test } from 'vitest';
import { normalizer } from '../../../../server/engine/tokenizer/normalizers.js';
import type { NormalizerStep } from '../../../../shared/text/tokenizer/steps.js';

const BERT: NormalizerStep = { type: 'bert', cleanText: true, cjk: true, stripAccents: true, lowercase: true };
const apply = (step: NormalizerStep, text: string): string =>
  normalizer([step], (source) => new RegExp(source, 'gu'))(text);

test.each<[string, NormalizerStep, string, string]>([
  ['a mark that is younger than its tables is no accent to BERT', BERT, 'e\u0301a\u08d4x', 'ea\u08d4x'],
  ['one that was a mark then is one', BERT, 'a\u1734b', 'ab'],
  ['a format character that is younger stays', BERT, 'a\u08e2b\u200bc', 'a\u08e2bc'],
  ['unseen characters go, spaces are one kind', BERT, 'a\0\ufffd\u0085b\u3000c\td', 'ab c d'],
  ['characters of CJK stand alone, beyond the first plane too', BERT, 'a漢𠀀b', 'a 漢  𠀀 b'],
  ['a younger mark keeps its place among others', { type: 'form', form: 'NFC' }, 'e\u0897\u0301', 'e\u0897\u0301'],
  ['a younger sign has no other form', { type: 'form', form: 'NFKC' }, '㋿ﬁ', '㋿fi'],
  ['a younger mark is no accent', { type: 'accents' }, 'a\u0301\u0afbb', 'a\u0afbb'],
  ['spaces are those of Unicode', { type: 'strip', left: true, right: true }, '\u0085\ufeff a \u3000', '\ufeff a'],
  [
    'what is put in is taken as it is',
    { type: 'replace', pattern: { kind: 'text', text: 'a' }, content: '$&' },
    'aba',
    '$&b$&',
  ],
  ['nothing is put before nothing', { type: 'prepend', text: 'x' }, '', ''],
  ['bytes have letters of their own', { type: 'bytes' }, 'é a', 'Ã©Ġa'],
])('%s', (_, step, text, right) => {
  expect(apply(step, text)).toBe(right);
});

test('a character map that is cut off is told', () => {
  const step: NormalizerStep = { type: 'charsmap', base64: 'AAEA' };

  expect(() => apply(step, 'a')).toThrow('its precompiled_charsmap of 3 bytes is cut off or none');
});
