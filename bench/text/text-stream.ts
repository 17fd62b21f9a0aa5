/** Made-up posts as a stream brings them: about as long as a tweet, nearly all of known words, and about one word in forty never seen before. */

import { Grammar } from '../../demo/text/grammar.js';
import { Random } from '../../demo/text/random.js';

/** A post has sentences up to about this length; the last one goes over it, which makes 106 characters in the mean, as tweets have. */
const LENGTH = 76;
/** New words a post: what was counted on tweets after the first hundred thousand. */
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

/** Different sentences; a post is two or three of them. */
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
    // A string in one piece, as it comes from a socket: putting the pieces together is not what is measured.
    return Buffer.from(text).toString();
  });
}
