/** The steps of a tokenizer.json's normaliser and pre-tokeniser, and its added tokens, as plain data. Types only. */

export type Pattern =
  | { readonly kind: 'text'; readonly text: string }
  /** In the dialect of Oniguruma. */
  | { readonly kind: 'regex'; readonly source: string };

export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

export interface BertNormalizerStep {
  readonly type: 'bert';
  readonly cleanText: boolean;
  /** Whether CJK characters are words of their own. */
  readonly cjk: boolean;
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

export type NormalizerStep =
  | BertNormalizerStep
  | { readonly type: 'form'; readonly form: NormalForm }
  | { readonly type: 'lowercase' | 'accents' | 'nmt' | 'bytes' }
  | { readonly type: 'strip'; readonly left: boolean; readonly right: boolean }
  | { readonly type: 'replace'; readonly pattern: Pattern; readonly content: string }
  | { readonly type: 'prepend'; readonly text: string }
  | { readonly type: 'charsmap'; readonly base64: string };

/** What becomes of the delimiters that a split finds. */
export type Behavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

export interface MetaspaceStep {
  readonly type: 'metaspace';
  readonly replacement: string;
  readonly prepend: 'always' | 'first' | 'never';
  readonly split: boolean;
}

export type PreTokenizerStep =
  | { readonly type: 'bert' | 'words' | 'spaces' }
  | { readonly type: 'punctuation'; readonly behavior: Behavior }
  | { readonly type: 'digits'; readonly individual: boolean }
  | { readonly type: 'bytes'; readonly prefixSpace: boolean; readonly words: boolean }
  | MetaspaceStep
  | { readonly type: 'split'; readonly pattern: Pattern; readonly behavior: Behavior; readonly invert: boolean }
  | { readonly type: 'length'; readonly characters: number };

/** A token that stands beside the model's vocabulary: found in a text as it is, before the rest is split. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only between characters that are no word's. */
  readonly singleWord: boolean;
  /** Takes the spaces before it. */
  readonly lstrip: boolean;
  /** Takes the spaces after it. */
  readonly rstrip: boolean;
  /** Looked for in the normalised text. */
  readonly normalized: boolean;
}
