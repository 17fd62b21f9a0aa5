// A small corpus of our own: phrases from a grammar, to test training without a data set.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../model/train/network/random.js';
import type { Example } from '../../model/train/texts/sources.js';

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
    return { classes: 1 << label, text: `${pick(THINGS)} ${pick(MOODS[label] ?? [])}` };
  });
}

/** A data folder with a training, a validation and an emoji set. */
export function writeMoods(folder: string): void {
  const write = (path: string, examples: readonly Example[]) => {
    mkdirSync(join(folder, path, '../unit'), { recursive: true });
    const lines = examples.map(({ classes, text }) => `${Math.log2(classes)}\t${text}\n`);
    writeFileSync(join(folder, `${path}.tsv`), lines.join(''));
  };
  write('tweeteval-sentiment/train', moods(3000, 1));
  write('tweeteval-sentiment/val', moods(150, 2));
  write(
    'tweeteval-other/irony',
    moods(300, 3).map(({ text }, i) => ({ classes: 1 + (i % 2), text })),
  );
}
