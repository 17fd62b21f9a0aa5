// Tokenizers of nine kinds against the ids that the reference implementation gives, as kept in fixtures/tokenizers.
import { describe, expect, test } from 'vitest';
import ids from '../../../fixtures/tokenizers/ids.json' with { type: 'json' };
import texts from '../../../fixtures/tokenizers/texts.json' with { type: 'json' };
import { KINDS, MOST_IDS, tokenizerOf, tokenizerText } from '../../../support/tokenizers.js';

const right: Readonly<Record<string, readonly (readonly number[])[]>> = ids;
describe.each(Object.keys(KINDS))('%s', (kind) => {
  test('gives the ids of the reference, cut to a length with its special tokens', async () => {
    const { ids: idsOf } = await tokenizerOf(tokenizerText(kind), kind);

    expect(right[kind]).toHaveLength(texts.length);
    // Twice: the second time pieces are remembered.
    for (let time = 0; time < 2; time++)
      for (const [index, text] of texts.entries())
        expect(idsOf(text), JSON.stringify(text)).toEqual(right[kind]?.[index]);
  });

  test('a long text gives the tokens of its beginning, however much follows', async () => {
    const { tokenizer, file } = await tokenizerOf(tokenizerText(kind), kind, 8192);
    for (let first = 0; first < texts.length; first += 10) {
      const long = [...texts.slice(first), ...texts.slice(0, first)].join(' and ');
      const whole = [...tokenizer.encode(long, 100_000)];
      for (const most of [1, 7, 128]) {
        const kept = file.truncation === 'left' ? whole.slice(-most) : whole.slice(0, most);
        expect([...tokenizer.encode(long, most)]).toEqual(kept);
      }
    }
  });
});

const words = (normalizer: object | null, more: object = {}) =>
  JSON.stringify({
    added_tokens: [],
    normalizer,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    model: { type: 'WordPiece', unk_token: '?', vocab: { '?': 0, a: 1, '##b': 2, σ: 3, '##σ': 4, '##a': 5 } },
    ...more,
  });

test('lower case does not look at the letters around a sigma', async () => {
  const { tokenizer } = await tokenizerOf(words({ type: 'Lowercase' }), 'bert-cased');

  expect(tokenizer.encode('AΣ ΣΣ', 9)).toEqual([1, 4, 3, 4]);
});

test('a word is unknown as a whole: when it is too long, or ends with what is not known', async () => {
  const { tokenizer } = await tokenizerOf(words(null), 'bert-cased');

  expect([...tokenizer.encode(`a${'b'.repeat(99)}`, 500)]).toHaveLength(100);
  expect(tokenizer.encode(`a${'b'.repeat(100)}`, 500)).toEqual([0]);
  expect(tokenizer.encode(`ab!${'a'.repeat(5000)} ab!`, 500)).toEqual([0, 0]);
});

test('added tokens: the longest at a place, only as a word of their own, with the spaces beside them', async () => {
  const token = (id: number, content: string, more: object = {}) => ({ id, content, special: true, ...more });
  const added_tokens = [
    token(10, '<a>'),
    token(11, '<a><a>'),
    token(12, 'ab', { single_word: true }),
    token(13, '<l>', { lstrip: true, rstrip: true }),
  ];
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never' };
  const model = { type: 'BPE', unk_token: '?', vocab: { '?': 0, '▁': 1, a: 2, b: 3 }, merges: [] };
  const { tokenizer } = await tokenizerOf(words(null, { added_tokens, pre_tokenizer: metaspace, model }), 'llama');
  const encode = (text: string) => [...tokenizer.encode(text, 99)];

  expect(encode('<a><a><a>b')).toEqual([11, 10, 3]);
  expect(encode('ab aab ab1 ab')).toEqual([12, 1, 2, 2, 3, 1, 2, 3, 0, 1, 12]);
  expect(encode('a  <l> \n b')).toEqual([2, 13, 3]);
});

test('without a token for what is unknown, the characters beside it are neighbours', async () => {
  const model = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] };
  const { tokenizer } = await tokenizerOf(words(null, { model }), 'llama');

  expect([...tokenizer.encode('a☃b a☃☃ ☃', 9)]).toEqual([2, 0]);
});

test('several marks of spaces in a row may be one token, before a word or alone', async () => {
  const vocab = { '?': 0, '▁': 1, '▁▁': 2, a: 3, '▁a': 4 };
  const model = { type: 'BPE', unk_token: '?', vocab, merges: ['▁ ▁', '▁ a'] };
  const { tokenizer } = await tokenizerOf(words(null, { pre_tokenizer: null, model }), 'llama');

  expect([...tokenizer.encode('a▁▁a▁a▁▁▁', 9)]).toEqual([3, 2, 3, 4, 2, 1]);
});

test('a run without a space is cut after 2048 units; the parts have the tokens of their own', async () => {
  const { tokenizer } = await tokenizerOf(tokenizerText('roberta'), 'roberta', 8192);
  const run = 'ing'.repeat(1000);

  expect([...tokenizer.encode(run, 9999)]).toEqual([
    ...tokenizer.encode(run.slice(0, 2048), 9999),
    ...tokenizer.encode(run.slice(2048), 9999),
  ]);
});

test('a regular expression that cannot be read is told by its problem', async () => {
  const pre_tokenizer = { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated', invert: false };

  await expect(tokenizerOf(words(null, { pre_tokenizer }), 'bert-cased')).rejects.toThrow(/regular expression/i);
});

test('what is kept of one text is not of the next', async () => {
  const { ids: idsOf } = await tokenizerOf(tokenizerText('t5'), 't5', MOST_IDS);
  const first = idsOf('kalomi');

  expect(idsOf('')).toEqual([1]);
  expect(idsOf('kalomi')).toEqual(first);
});
