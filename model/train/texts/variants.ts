/**
 * Modified copies of the sets' texts, in ways whose effect is known: capitals change nothing, an emoji adds its mood.
 * Unlabelled; only students see them, with the teachers' opinions on the original text.
 */

import type { Random } from '../network/random.js';
import { EMOJI } from './emoji.js';
import type { Example, SourceSet } from './sources.js';

export interface Variants {
  readonly set: SourceSet;
  /** The original of each, counted over all sets; -1: none. */
  readonly bases: Int32Array;
}

/** How many there are, as fractions of all texts. */
export interface VariantShares {
  readonly emoji: number;
  readonly capitals: number;
}

/** Fraction of those with emoji that have no words. */
const BARE = 0.05;
/** Fraction of those with emoji that have the same one two or three times. */
const REPEATED = 0.4;

export function makeVariants(sets: readonly SourceSet[], shares: VariantShares, random: Random): Variants {
  const texts = sets.flatMap(({ examples }) => examples.map(({ text }) => text));
  const pick = (count: number) => Math.floor(random.next() * count);
  const examples: Example[] = [];
  const bases: number[] = [];
  const add = (base: number, change: (text: string) => string) => {
    examples.push({ classes: 0, text: change(texts[base] ?? '') });
    bases.push(base);
  };
  for (let i = 0; i < shares.emoji * texts.length; i++) {
    const emoji = EMOJI[pick(EMOJI.length)] ?? '';
    const times = random.next() < REPEATED ? 2 + pick(2) : 1;
    add(random.next() < BARE ? -1 : pick(texts.length), (text) => `${text} ${emoji.repeat(times)}`);
  }
  for (let i = 0; i < shares.capitals * texts.length; i++) add(pick(texts.length), (text) => text.toUpperCase());
  return { set: { name: 'variants', classes: 0, examples }, bases: Int32Array.from(bases) };
}

/**
 * Gives each variant, the last texts of the corpus, the opinion on its original: three probabilities per text. In
 * place.
 */
export function passOnToVariants(bases: Int32Array, said: Float32Array): void {
  const first = said.length / 3 - bases.length;
  for (const [i, base] of bases.entries()) {
    if (base >= 0) said.copyWithin(3 * (first + i), 3 * base, 3 * base + 3);
  }
}
