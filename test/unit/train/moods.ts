// A small corpus of our own: phrases from a grammar, so that training can be tested without a data set.
import type { Example } from '../../../model/train/corpus.js';
import { Random } from '../../../model/train/random.js';

const THINGS = [
  'the coffee',
  'this phone',
  'my train',
  'the update',
  'our team',
  'that film',
  'the weather',
  'the new menu',
];
const MOODS: readonly (readonly string[])[] = [
  ['is terrible', 'makes me sad :(', 'is awful and slow', 'was a bad idea', 'is not good', 'broke again 😡'],
  ['is on the table', 'starts at 10', 'comes on Monday', 'has a number', 'is from Lisbon', 'was in the news'],
  ['is wonderful', 'makes me happy :)', 'is great and fast', 'was a good idea', 'is not bad', 'rocks again 🎉'],
];

/** `count` texts, the three classes in turn. */
export function moods(count: number, seed: number): Example[] {
  const random = new Random(seed);
  const pick = (values: readonly string[]) => values[Math.floor(random.next() * values.length)] ?? '';
  return Array.from({ length: count }, (_, i) => {
    const label = i % MOODS.length;
    return { label, text: `${pick(THINGS)} ${pick(MOODS[label] ?? [])}` };
  });
}
