// What of a tokenizer.json is read, and the line that says what is wrong with it.
import { describe, expect, test } from 'vitest';
import { parseTokenizerFile } from '../../../shared/text/tokenizer/tokenizer-file.js';
import { tokenizerConfig } from '../../support/tokenizers.js';

const MODEL = {
  type: 'WordPiece',
  unk_token: '[UNK]',
  vocab: { '[PAD]': 7, '[UNK]': 1, a: 2, '[CLS]': 3, '[SEP]': 4 },
};
const FILE = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, model: MODEL };
const BPE = { type: 'BPE', vocab: { a: 0, b: 1 }, merges: ['a b'] };

function parse(
  change: object,
  kind = 'bert-uncased',
  maxLength = 4,
  pad: object = {},
): ReturnType<typeof parseTokenizerFile> {
  const config = {
    ...tokenizerConfig(kind, maxLength),
    file: 'tokenizer.json',
    pad: { id: undefined, side: undefined, ...pad },
  };
  return parseTokenizerFile(JSON.stringify({ ...FILE, ...change }), config);
}

function read(...args: Parameters<typeof parse>) {
  const parsed = parse(...args);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.tokenizer;
}

test('the padding is that of the manifest, else of the file, else the token that is called so', () => {
  const padding = { direction: 'Left', pad_id: 5, pad_type_id: 3, pad_token: 'x' };

  expect(read({}).padding).toEqual({ id: 7, typeId: 0, side: 'right' });
  expect(read({ padding }).padding).toEqual({ id: 5, typeId: 3, side: 'left' });
  expect(read({ padding }, 'bert-uncased', 4, { id: 9, side: 'right' }).padding).toEqual({
    id: 9,
    typeId: 3,
    side: 'right',
  });
  const added_tokens = [{ id: 11, content: '<pad>', special: true }];
  expect(read({ added_tokens, model: BPE }, 'roberta').padding.id).toBe(11);
});

test('special tokens of a template, of BERT and RoBERTa, and of a sequence of them', () => {
  const single = [
    { SpecialToken: { id: '[CLS]', type_id: 0 } },
    { Sequence: { id: 'A', type_id: 1 } },
    { SpecialToken: { id: '[SEP]', type_id: 2 } },
  ];
  const special_tokens = { '[CLS]': { id: '[CLS]', ids: [3], tokens: ['[CLS]'] }, '[SEP]': { ids: [4, 5] } };
  const template = { type: 'TemplateProcessing', single, pair: [], special_tokens };
  const parsed = {
    before: [{ id: 3, typeId: 0 }],
    typeId: 1,
    after: [
      { id: 4, typeId: 2 },
      { id: 5, typeId: 2 },
    ],
  };

  expect(read({ post_processor: template }).template).toEqual(parsed);
  expect(
    read({ post_processor: { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template] } }).template,
  ).toEqual(parsed);
  for (const type of ['BertProcessing', 'RobertaProcessing']) {
    expect(read({ post_processor: { type, sep: ['[SEP]', 4], cls: ['[CLS]', 3] } }).template).toEqual({
      before: [{ id: 3, typeId: 0 }],
      typeId: 0,
      after: [{ id: 4, typeId: 0 }],
    });
  }
});

test('a byte order mark does no harm', () => {
  expect(parseTokenizerFile(`\ufeff${JSON.stringify(FILE)}`, tokenizerConfig('bert-cased', 4)).ok).toBe(true);
});

describe('a problem is one line that names the file and the field', () => {
  const bert = { type: 'BertProcessing', sep: ['[SEP]', 4], cls: ['[CLS]', 3] };
  const odd = { type: 'TemplateProcessing', single: [{ SpecialToken: { id: 'x' } }], special_tokens: {} };
  const unplaced = { type: 'TemplateProcessing', single: [], special_tokens: {} };
  test.each<[string, object, string, string?, number?]>([
    [
      'no model',
      { model: undefined },
      'it has no "model", expected a tokenizer.json as the library "tokenizers" writes it',
    ],
    [
      'another model',
      { model: BPE },
      'model.type is "BPE", expected "WordPiece" for the featuriser "wordpiece"; say "name": "bpe" in manifest.json',
    ],
    [
      'an unknown model',
      { model: { type: 'WordLevel', vocab: {} } },
      'model.type is "WordLevel", expected "WordPiece" for the featuriser "wordpiece"',
    ],
    ['no vocabulary', { model: { ...MODEL, vocab: [] } }, 'model.vocab is [], expected tokens with their ids'],
    ['an id that is none', { model: { ...MODEL, vocab: { a: -1 } } }, 'model.vocab["a"] is -1, expected an id'],
    [
      'an unknown token that is not there',
      { model: { ...MODEL, unk_token: 'x' } },
      'model.unk_token is "x", expected a token of model.vocab',
    ],
    [
      'a merge of one',
      { model: { ...BPE, merges: ['ab'] } },
      'model.merges[0] is "ab", expected two tokens, such as "a b" or ["a", "b"]',
      'roberta',
    ],
    [
      'dropout',
      { model: { ...BPE, dropout: 0.1 } },
      'model.dropout is 0.1, expected null: with dropout the same text has other tokens each time',
      'roberta',
    ],
    [
      'no score',
      { model: { type: 'Unigram', vocab: [['a', 'b']] } },
      'model.vocab[0] is ["a","b"], expected a token and its score',
      't5',
    ],
    [
      'no unknown id',
      { model: { type: 'Unigram', vocab: [['a', 0]], unk_id: null } },
      'model.unk_id is null, expected the index of a token of model.vocab',
      't5',
    ],
    [
      'a normaliser',
      { normalizer: { type: 'Magic' } },
      'normalizer.type is "Magic", expected one that is supported: BertNormalizer, NFC,',
    ],
    [
      'one in a sequence',
      { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'X' }] } },
      'normalizer.normalizers[1].type is "X", expected one that is supported',
    ],
    [
      'a flag',
      { normalizer: { type: 'BertNormalizer', lowercase: 'yes' } },
      'normalizer.lowercase is "yes", expected true or false',
    ],
    [
      'a pre-tokeniser',
      { pre_tokenizer: { type: 'UnicodeScripts' } },
      'pre_tokenizer.type is "UnicodeScripts", expected one that is supported',
    ],
    [
      'a behaviour',
      { pre_tokenizer: { type: 'Split', pattern: { String: 'a' }, behavior: 'isolated' } },
      'pre_tokenizer.behavior is "isolated", expected one of Removed,',
    ],
    [
      'a post-processor',
      { post_processor: { type: 'X' } },
      'post_processor.type is "X", expected one that is supported: TemplateProcessing,',
    ],
    [
      'a token without id',
      { post_processor: odd },
      'post_processor.single[0] names the token "x", which special_tokens has no ids for',
    ],
    [
      'a template without the text',
      { post_processor: unplaced },
      'post_processor.single has no { "Sequence": { "id": "A" } }: the text has no place',
    ],
    [
      'no room',
      { post_processor: bert },
      'featuriser.maxLength in manifest.json is 2, expected more than 2: so many special tokens stand around each text',
      'bert-cased',
      2,
    ],
    [
      'no padding',
      { model: BPE },
      'it has no "padding" and none of the tokens [PAD], <pad>, <|pad|>, <PAD>: say which token',
      'roberta',
    ],
    [
      'an added token',
      { added_tokens: [{ content: 'x' }] },
      'added_tokens[0] is {"content":"x"}, expected { id, content, ... }',
    ],
  ])('%s', (_, change, problem, kind, maxLength) => {
    const parsed = parse(change, kind, maxLength);

    expect(parsed).toEqual({ ok: false, problem: expect.stringContaining(`tokenizer.json: ${problem}`) });
    expect(parsed.ok ? '' : parsed.problem).not.toContain('\n');
  });

  test('no JSON, or in another encoding', () => {
    const config = tokenizerConfig('bert-cased', 4);
    expect(parseTokenizerFile('{', config)).toMatchObject({
      problem: expect.stringMatching(/^bert-cased\.json is not JSON: /),
    });
    expect(parseTokenizerFile('\ufffd\ufffd{\0', config)).toMatchObject({
      problem: expect.stringContaining('bert-cased.json is not JSON (it is UTF-16; save it as UTF-8): '),
    });
  });
});
