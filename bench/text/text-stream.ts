/**
 * Made-up posts as in a stream: about as long as a tweet, nearly all of known words, with about one new word in forty.
 */

import { Grammar } from '../../demo/text/grammar.js';
import { Random } from '../../demo/text/random.js';

/**
 * Sentences are added up to about this length; the last one exceeds it, which makes 106 characters on average, as in
 * tweets.
 */
const LENGTH = 76;
/** New words per post: as counted on tweets after the first hundred thousand. */
const NEW_WORDS = 0.54;
const SYLLABLES = [
  'ka',
  'lo',
  'mi',
  'ren',
  'sto',
  'va',
  'del',
  'qui',
  'tra',
  'zu',
  'ber',
  'fin',
  'gal',
  'hox',
] as const;

/** Distinct sentences; a post has two or three. */
const SENTENCES = 20_000;

export function makeTexts(count: number, seed: number): string[] {
  const grammar = new Grammar(seed);
  const random = new Random(seed + 1);
  const sentences = Array.from({ length: SENTENCES }, (_, i) => grammar.next(i / 100).text);
  const sentence = () => sentences[Math.floor(random.next() * SENTENCES)] ?? '';
  const word = () => Array.from({ length: 3 + Math.floor(random.next() * 2) }, () => random.pick(SYLLABLES)).join('');
  return Array.from({ length: count }, () => {
    let text = sentence();
    const length = LENGTH * random.between(0.6, 1.4);
    while (text.length < length) text += ` ${sentence()}`;
    if (random.chance(NEW_WORDS)) text += ` ${random.chance(0.3) ? '#' : ''}${word()}`;
    // A flat string, as from a socket: concatenation is not what is measured.
    return Buffer.from(text).toString();
  });
}
