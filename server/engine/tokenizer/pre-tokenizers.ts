/**
 * A tokenizer's pre-tokeniser: the steps of its file, each of which splits the pieces of the one before. Pure; regular
 * expressions are compiled by whoever knows their dialect.
 */

import type { Behavior, MetaspaceStep, PreTokenizerStep } from '../../../shared/text/tokenizer/steps.js';
import { byteLevel } from './byte-level.js';
import type { CompileRegex } from './normalizers.js';
import { FORMER_PUNCTUATION, LATER_PUNCTUATION } from './reference-unicode.js';

/** A stretch of text between added tokens, and whether the text begins with it. */
export type PreTokenize = (text: string, isFirst: boolean) => readonly string[];

const PUNCTUATION = `(?:(?![${LATER_PUNCTUATION}])[!-/:-@\\[-\`{-~\\p{P}]|[${FORMER_PUNCTUATION}])`;
const BERT = new RegExp(`${PUNCTUATION}|(?:(?!${PUNCTUATION})\\P{White_Space})+`, 'gu');
const BERT_ASCII = /[!-/:-@[-`{-~]|[^\p{White_Space}!-/:-@[-`{-~]+/gu;
const ASCII = /^\p{ASCII}*$/u;
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d';
const WORDS = new RegExp(`[${WORD}]+|[^${WORD}\\p{White_Space}]+`, 'gu');
const NO_SPACES = /\P{White_Space}+/gu;
const NUMERIC = /\p{N}/gu;
const BYTE_LEVEL_WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Throws a one-line message when a step cannot be made. */
export function preTokenizer(steps: readonly PreTokenizerStep[], compile: CompileRegex): PreTokenize {
  const made = steps.map((step) => make(step, compile));
  const [first] = made;
  if (first === undefined) return (text) => [text];
  if (made.length === 1) return first;
  return (text, isFirst) => {
    let pieces: readonly string[] = [text];
    for (const step of made) {
      const next: string[] = [];
      for (const [index, piece] of pieces.entries())
        for (const part of step(piece, isFirst && index === 0)) if (part !== '') next.push(part);
      pieces = next;
    }
    return pieces;
  };
}

function make(step: PreTokenizerStep, compile: CompileRegex): PreTokenize {
  switch (step.type) {
    case 'bert':
      return (text) => text.match(ASCII.test(text) ? BERT_ASCII : BERT) ?? [];
    case 'words':
      return (text) => text.match(WORDS) ?? [];
    case 'spaces':
      return (text) => text.match(NO_SPACES) ?? [];
    case 'punctuation': {
      const pattern = new RegExp(PUNCTUATION, 'gu');
      return (text) => split(text, pattern, step.behavior);
    }
    case 'digits':
      return (text) => split(text, NUMERIC, step.individual ? 'Isolated' : 'Contiguous');
    case 'bytes':
      return (text) => {
        const whole = step.prefixSpace && !text.startsWith(' ') ? ` ${text}` : text;
        return (step.words ? (whole.match(BYTE_LEVEL_WORDS) ?? []) : [whole]).map(byteLevel);
      };
    case 'metaspace':
      return (text, isFirst) => metaspace(text, isFirst, step);
    case 'split': {
      const { pattern, behavior, invert } = step;
      const regex = pattern.kind === 'text' ? new RegExp(escaped(pattern.text), 'gu') : compile(pattern.source);
      return (text) => split(text, regex, behavior, invert);
    }
    case 'length': {
      const pattern = new RegExp(`[^]{1,${step.characters}}`, 'gu');
      return (text) => text.match(pattern) ?? [];
    }
  }
}

function metaspace(text: string, isFirst: boolean, step: MetaspaceStep): readonly string[] {
  const { replacement, prepend } = step;
  let marked = text.replaceAll(' ', replacement);
  if ((prepend === 'always' || (prepend === 'first' && isFirst)) && !marked.startsWith(replacement))
    marked = replacement + marked;
  return step.split ? piecesAt(marked, replacement) : [marked];
}

/** Cut before each mark. */
export function piecesAt(text: string, mark: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf(mark, 1); at >= 0; at = text.indexOf(mark, at + 1)) {
    pieces.push(text.slice(from, at));
    from = at;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

interface Part {
  readonly text: string;
  readonly isDelimiter: boolean;
}

function split(text: string, pattern: RegExp, behavior: Behavior, invert = false): readonly string[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const [found] = match;
    if (from < match.index) parts.push({ text: text.slice(from, match.index), isDelimiter: invert });
    parts.push({ text: found, isDelimiter: !invert });
    from = match.index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isDelimiter: invert });
  return merged(parts, behavior);
}

function merged(parts: readonly Part[], behavior: Behavior): readonly string[] {
  // An expression may match nothing at a place: it then parts what is before from what is after.
  if (behavior === 'Removed') return parts.flatMap(({ text, isDelimiter }) => (isDelimiter || text === '' ? [] : text));
  if (behavior === 'Isolated') return parts.flatMap(({ text }) => (text === '' ? [] : text));
  const pieces: string[] = [];
  let wasDelimiter = false;
  for (const { text, isDelimiter } of parts) {
    const last = pieces.length - 1;
    const joins =
      behavior === 'Contiguous'
        ? isDelimiter === wasDelimiter
        : behavior === 'MergedWithPrevious'
          ? isDelimiter && !wasDelimiter
          : wasDelimiter && !isDelimiter;
    if (joins && last >= 0) pieces[last] += text;
    else pieces.push(text);
    wasDelimiter = isDelimiter;
  }
  return pieces.filter((piece) => piece !== '');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => (sign === '-' ? '\\u002d' : `\\${sign}`));
}
