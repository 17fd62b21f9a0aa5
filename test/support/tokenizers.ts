/** The small tokenizers of fixtures/tokenizers, and what the reference implementation makes of texts with them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTokenizer, type TextTokenizer } from '../../server/engine/tokenizer/text-tokenizer.js';
import type { TokenizerConfig, TokenizerName } from '../../shared/text/tokenizer/tokenizer-config.js';
import { parseTokenizerFile, type TokenizerFile } from '../../shared/text/tokenizer/tokenizer-file.js';

export const TOKENIZERS = join(import.meta.dirname, '../fixtures/tokenizers');

/** Of the reference's ids in ids.json. */
export const MOST_IDS = 40;

export const KINDS: Readonly<Record<string, TokenizerName>> = {
  'bert-uncased': 'wordpiece',
  'bert-cased': 'wordpiece',
  'plain-words': 'wordpiece',
  roberta: 'bpe',
  'split-bytes': 'bpe',
  llama: 'bpe',
  clip: 'bpe',
  'xlm-roberta': 'unigram',
  t5: 'unigram',
};

export function tokenizerConfig(kind: string, maxLength: number): TokenizerConfig {
  // One with other steps has a number after its kind.
  const name = KINDS[kind.replace(/\+\d+$/, '')] ?? 'wordpiece';
  return { name, file: `${kind}.json`, maxLength, inputs: undefined, pad: { id: 0, side: undefined } };
}

export function tokenizerText(kind: string, folder = TOKENIZERS): string {
  return readFileSync(join(folder, `${kind}.json`), 'utf8');
}

export interface OpenTokenizer {
  readonly file: TokenizerFile;
  readonly tokenizer: TextTokenizer;
  /** With the special tokens, at most `maxLength`. */
  ids(text: string): readonly number[];
}

/** @param text of its file */
export async function tokenizerOf(text: string, kind: string, maxLength = MOST_IDS): Promise<OpenTokenizer> {
  const parsed = parseTokenizerFile(text, tokenizerConfig(kind, maxLength));
  if (!parsed.ok) throw new Error(parsed.problem);
  const { tokenizer: file } = parsed;
  const { before, after } = file.template;
  const tokenizer = await openTokenizer(file);
  const own = maxLength - before.length - after.length;
  const ids = (given: string): readonly number[] => [
    ...before.map(({ id }) => id),
    ...tokenizer.encode(given, own),
    ...after.map(({ id }) => id),
  ];
  return { file, tokenizer, ids };
}
