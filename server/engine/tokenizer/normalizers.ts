/**
 * A tokenizer's normaliser: the steps of its file, as functions from text to text. Pure; regular expressions are
 * compiled by whoever knows their dialect.
 */

import { Buffer } from 'node:buffer';
import type { NormalForm, NormalizerStep } from '../../../shared/text/tokenizer/steps.js';
import { bertNormalizer, lowerCase } from './bert-normalizer.js';
import { byteLevel } from './byte-level.js';
import { parseCharsmap } from './charsmap.js';
import { NEWER, NMT_CONTROLS } from './reference-unicode.js';

/** Compiles a regular expression of a tokenizer.json, with flags `g` and `u`. Throws when it cannot. */
export type CompileRegex = (source: string) => RegExp;

export type Normalize = (text: string) => string;

const ASCII = /^\p{ASCII}*$/u;
const NEWER_RUN = new RegExp(`([${NEWER}]+)`, 'u');
/** The reference keeps two marks of spacing that are none now. */
const ACCENTS = new RegExp(`(?![${NEWER}])[\\p{M}\\u{1cf2}\\u{1cf3}]`, 'gu');
const SPACES_LEFT = /^\p{White_Space}+/u;
const SPACE = /\p{White_Space}/u;
const CONTROLS = new RegExp(`[${NMT_CONTROLS}]`, 'gu');
const NMT_SPACES = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g;

/** Throws a one-line message when a step cannot be made. */
export function normalizer(steps: readonly NormalizerStep[], compile: CompileRegex): Normalize {
  const made = steps.map((step) => make(step, compile));
  const [first] = made;
  if (first === undefined) return (text) => text;
  if (made.length === 1) return first;
  return (text) => made.reduce((normal, step) => step(normal), text);
}

function make(step: NormalizerStep, compile: CompileRegex): Normalize {
  switch (step.type) {
    case 'bert':
      return bertNormalizer(step, (text) => inForm(text, 'NFD'));
    case 'form':
      return (text) => inForm(text, step.form);
    case 'lowercase':
      return lowerCase;
    case 'accents':
      return (text) => (ASCII.test(text) ? text : text.replace(ACCENTS, ''));
    case 'nmt':
      return (text) => text.replace(CONTROLS, '').replace(NMT_SPACES, ' ');
    case 'bytes':
      return byteLevel;
    case 'strip':
      return (text) => {
        const right = step.right ? withoutSpacesAtEnd(text) : text;
        return step.left ? right.replace(SPACES_LEFT, '') : right;
      };
    case 'replace': {
      const { pattern, content } = step;
      if (pattern.kind === 'text') return (text) => text.split(pattern.text).join(content);
      const regex = compile(pattern.source);
      return (text) => text.replace(regex, () => content);
    }
    case 'prepend':
      return (text) => (text === '' ? text : step.text + text);
    case 'charsmap': {
      const parsed = parseCharsmap(Buffer.from(step.base64, 'base64'));
      if (!parsed.ok) throw new Error(parsed.problem);
      return parsed.normalize;
    }
  }
}

/** What the reference does not know stays, and nothing beside it moves across. */
function inForm(text: string, form: NormalForm): string {
  if (ASCII.test(text)) return text;
  if (!NEWER_RUN.test(text)) return text.normalize(form);
  return text
    .split(NEWER_RUN)
    .map((part, index) => (index % 2 === 1 ? part : part.normalize(form)))
    .join('');
}

/** The expression alone would begin anew at each space of a long run in the middle. */
function withoutSpacesAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
