/** The normaliser of BERT as the reference implementation computes it. Pure. */

import type { BertNormalizerStep } from '../../../shared/text/tokenizer/steps.js';
import { FORMER_MARKS, KEPT_MARKS, LATER_FORMATS } from './reference-unicode.js';

/** Nothing to do but lower case. */
const PRINTABLE_ASCII = /^[ -~]*$/;
const UNSEEN = new RegExp(`[\\0\\ufffd]|(?![\\t\\n\\r${LATER_FORMATS}])[\\p{Cc}\\p{Cf}\\p{Co}]`, 'gu');
const SPACES = /\p{White_Space}/gu;
// The reference's own ranges, one of them with a digit that is not Unicode's.
const CJK =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const MARKS = new RegExp(`(?![${KEPT_MARKS}])\\p{Mn}|[${FORMER_MARKS}]`, 'gu');

/** @param nfd the reference's normal form D */
export function bertNormalizer(step: BertNormalizerStep, nfd: (text: string) => string): (text: string) => string {
  return (text) => {
    if (PRINTABLE_ASCII.test(text)) return step.lowercase ? text.toLowerCase() : text;
    let normal = text;
    if (step.cleanText) normal = normal.replace(UNSEEN, '').replace(SPACES, ' ');
    if (step.cjk) normal = normal.replace(CJK, ' $& ');
    if (step.stripAccents) normal = nfd(normal).replace(MARKS, '');
    return step.lowercase ? lowerCase(normal) : normal;
  };
}

/** Character by character: JavaScript would look at the letters around a capital sigma. */
export function lowerCase(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase();
}
