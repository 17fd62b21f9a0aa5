/**
 * The library `@huggingface/tokenizers`: its byte-pair encoding and its reading of regular expressions, the parts in
 * which it agrees with the reference implementation. Imported when a model needs it, and by nothing else.
 */

import type { SubwordModel } from '../../../shared/text/tokenizer/tokenizer-file.js';
import type { CompileRegex } from './normalizers.js';
import type { PieceModel } from './piece-model.js';
import { Unigram } from './unigram.js';
import { WordPiece } from './word-piece.js';

/** What is used of it. Its own types cannot be resolved by Node's rules: they name files without their endings. */
export interface TokenizerLibrary {
  readonly BPE: new (config: SubwordModel) => LibraryModel;
  readonly SplitPreTokenizer: new (config: object) => { readonly pattern: RegExp | null };
}

interface LibraryModel {
  max_length_to_cache: number;
  readonly tokens_to_ids: ReadonlyMap<string, number>;
  readonly unk_token_id?: number | undefined;
  _call(pieces: readonly string[]): readonly string[];
}

export async function importLibrary(): Promise<TokenizerLibrary> {
  const library: unknown = await import('@huggingface/tokenizers');
  // Its version is pinned.
  return library as TokenizerLibrary;
}

/** @param model checked by `parseTokenizerFile` */
export function pieceModel({ BPE }: TokenizerLibrary, model: SubwordModel): PieceModel {
  // The library's own adds scores in another order, which decides between splits that are equally likely.
  if (Array.isArray(model.vocab)) return new Unigram(model.vocab, Number(model.unk_id));
  // The library's own takes a thousandfold of the time for words that end with a character that is not known.
  if (model.merges === undefined) return wordPiece(model);
  const made = new BPE(model);
  // Subwords remembers pieces, for every kind of model alike.
  made.max_length_to_cache = 0;
  const ids = made.tokens_to_ids;
  // Without a token for what is unknown, the characters on both sides of it are neighbours.
  const isLeftOut = typeof model.unk_token !== 'string' && model.byte_fallback !== true && !model.end_of_word_suffix;
  const known = (piece: string): string =>
    isLeftOut
      ? Array.from(piece)
          .filter((character) => ids.has(character))
          .join('')
      : piece;
  return { ids, unknownId: made.unk_token_id, split: (piece) => made._call([known(piece)]) };
}

function wordPiece(model: SubwordModel): WordPiece {
  const { continuing_subword_prefix: prefix = '##', max_input_chars_per_word: longest = 100 } = model;
  return new WordPiece({
    vocab: model.vocab as Readonly<Record<string, number>>,
    unknown: String(model.unk_token),
    prefix: String(prefix),
    longestWord: Number(longest),
  });
}

export function regexCompiler({ SplitPreTokenizer }: TokenizerLibrary): CompileRegex {
  return (source) => {
    const { pattern } = new SplitPreTokenizer({ type: 'Split', pattern: { Regex: source }, behavior: 'Isolated' });
    if (pattern === null) throw new Error(`the regular expression ${source} cannot be read`);
    return pattern;
  };
}
