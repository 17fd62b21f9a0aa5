/**
 * A tokenizer.json at work: a text to the ids of its tokens, as the reference implementation gives them, cut to a
 * number of tokens. Knows no tensors and no batches.
 */

import type { NormalizerStep, Pattern, PreTokenizerStep } from '../../../shared/text/tokenizer/steps.js';
import type { TokenizerFile } from '../../../shared/text/tokenizer/tokenizer-file.js';
import { AddedTokens } from './added-tokens.js';
import { importLibrary, pieceModel, regexCompiler } from './library.js';
import { type Normalize, normalizer } from './normalizers.js';
import { type PreTokenize, preTokenizer } from './pre-tokenizers.js';
import { MARK, Subwords } from './subwords.js';

/** Of a text that may be longer than needed, so many UTF-16 units for each token are looked at first. */
const UNITS_PER_TOKEN = 8;
const LEAST_UNITS = 256;
const LETTER_THEN_SPACE = /[\p{L}\p{N}] /gu;
const SPACE = /\p{White_Space}/u;
/** Patterns whose matches lie within a run of spaces or of their marks. */
const PATTERNS_OF_SPACES = [' {2,}', '\\s+', ' +', '\\s{2,}', '[\\r\\n]+', '\\n'];

/** Imports the library. Rejects with a one-line message when a step of the file cannot be made. */
export async function openTokenizer(file: TokenizerFile): Promise<TextTokenizer> {
  return new TextTokenizer(file, await importLibrary());
}

export class TextTokenizer {
  readonly #normalize: Normalize;
  readonly #preTokenize: PreTokenize;
  readonly #subwords: Subwords;
  /** Found in the text as it is, and in the normalised text. */
  readonly #added: AddedTokens;
  readonly #addedNormal: AddedTokens;
  readonly #keepsEnd: boolean;
  /** Whether the tokens before a space that follows a letter are the same whatever comes after it. */
  readonly #cutsAtSpaces: boolean;
  /** Whether the first piece of a text is treated in its own way, which it is when its first character remains. */
  readonly #marksFirst: boolean;
  #ids: number[] = [];

  constructor(file: TokenizerFile, library: Awaited<ReturnType<typeof importLibrary>>) {
    const compile = regexCompiler(library);
    this.#normalize = normalizer(file.normalizer, compile);
    this.#preTokenize = preTokenizer(file.preTokenizer, compile);
    this.#subwords = new Subwords(pieceModel(library, file.model), file.model);
    this.#added = new AddedTokens(file.addedTokens.filter(({ normalized }) => !normalized));
    const normal = file.addedTokens.filter(({ normalized }) => normalized);
    this.#addedNormal = new AddedTokens(normal.map((token) => ({ ...token, content: this.#normalize(token.content) })));
    this.#marksFirst = file.preTokenizer.some((step) => step.type === 'metaspace' && step.prepend === 'first');
    this.#keepsEnd = file.truncation === 'left';
    this.#cutsAtSpaces =
      !this.#keepsEnd &&
      file.addedTokens.every(({ content }) => !SPACE.test(content)) &&
      file.normalizer.every(isLocal) &&
      file.preTokenizer.every(isOfSpaces) &&
      (file.preTokenizer.some(splitsAtSpaces) || (this.#subwords.cutsAtMarks && marksSpaces(file)));
  }

  /** The ids of at most `most` tokens, without special ones; valid until the next call. */
  encode(text: string, most: number): readonly number[] {
    const start = this.#cutsAtSpaces ? startOf(text, most) : text;
    this.#encode(start, most);
    if (start.length < text.length && this.#ids.length < most) this.#encode(text, most);
    const ids = this.#ids;
    if (this.#keepsEnd) this.#ids = ids.slice(-most);
    else ids.length = Math.min(ids.length, most);
    return this.#ids;
  }

  #encode(text: string, most: number): void {
    const ids: number[] = [];
    this.#ids = ids;
    const enough = this.#keepsEnd ? Number.POSITIVE_INFINITY : most;
    let isFirst = this.#marksFirst && this.#normalize(String.fromCodePoint(text.codePointAt(0) ?? 0)) !== '';
    for (const stretch of this.#added.split(text)) {
      if (ids.length >= enough) return;
      if (typeof stretch === 'number') ids.push(stretch);
      else this.#encodeStretch(stretch, isFirst, enough);
      isFirst = false;
    }
  }

  #encodeStretch(text: string, isFirst: boolean, enough: number): void {
    const ids = this.#ids;
    for (const [index, stretch] of this.#addedNormal.split(this.#normalize(text)).entries()) {
      if (ids.length >= enough) return;
      if (typeof stretch === 'number') ids.push(stretch);
      if (typeof stretch === 'number' || stretch === '') continue;
      for (const piece of this.#preTokenize(stretch, isFirst && index === 0)) {
        for (const part of this.#subwords.parts(piece)) {
          if (ids.length >= enough) return;
          for (const id of this.#subwords.idsOf(part)) ids.push(id);
        }
      }
    }
  }
}

/** The start of a text that has more than `most` tokens in all likelihood; the text itself when it is short. */
function startOf(text: string, most: number): string {
  const units = UNITS_PER_TOKEN * most + LEAST_UNITS;
  if (text.length <= units) return text;
  LETTER_THEN_SPACE.lastIndex = units;
  const hit = LETTER_THEN_SPACE.exec(text);
  return hit === null ? text : text.slice(0, hit.index + hit[0].length - 1);
}

/** What comes after a letter and a space changes nothing before them. */
function isLocal(step: NormalizerStep): boolean {
  if (step.type !== 'replace') return true;
  const { pattern } = step;
  return pattern.kind === 'text' ? pattern.text.length === 1 : PATTERNS_OF_SPACES.includes(pattern.source);
}

function isOfSpaces({ type }: PreTokenizerStep): boolean {
  return type !== 'split' && type !== 'length';
}

function marksSpaces({ normalizer, preTokenizer }: TokenizerFile): boolean {
  return (
    preTokenizer.some((step) => step.type === 'metaspace' && step.replacement === MARK) ||
    normalizer.some((step) => step.type === 'replace' && step.content === MARK && isText(step.pattern, ' '))
  );
}

function isText(pattern: Pattern, text: string): boolean {
  return pattern.kind === 'text' && pattern.text === text;
}

function splitsAtSpaces(step: PreTokenizerStep): boolean {
  switch (step.type) {
    case 'bert':
    case 'words':
    case 'spaces':
      return true;
    case 'bytes':
      return step.words;
    case 'metaspace':
      return step.split;
    default:
      return false;
  }
}
