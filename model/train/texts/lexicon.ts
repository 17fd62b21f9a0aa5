/** Words whose mood is known from lists. A network initialised with them needs to see a word less often. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { WordVectors } from '../network/word-vectors.js';
import type { WordRows, Words } from './words.js';

/** Per word: its mood in each list, about -1 to 1; 0 if a list lacks it. */
export type Lexicon = ReadonlyMap<string, readonly [vader: number, afinn: number, opinion: number]>;

const STRENGTH = 0.5;

export function readLexicon(folder: string): Lexicon {
  const lexicon = new Map<string, [number, number, number]>();
  const note = (word: string, list: 0 | 1 | 2, mood: number): void => {
    const moods = lexicon.get(word) ?? [0, 0, 0];
    moods[list] = mood;
    lexicon.set(word, moods);
  };
  for (const [word = '', score = ''] of readLines(join(folder, 'lexicons/vader_lexicon.txt')))
    note(word, 0, Number(score) / 2);
  for (const [word = '', score = ''] of readLines(join(folder, 'lexicons/AFINN-en-165.txt')))
    note(word, 1, Number(score) / 2.5);
  for (const [word = ''] of readLines(join(folder, 'lexicons/opinion-positive-words.txt'))) note(word, 2, 1);
  for (const [word = ''] of readLines(join(folder, 'lexicons/opinion-negative-words.txt'))) note(word, 2, -1);
  return lexicon;
}

/**
 * Initialises the first three numbers of each known word's row with its moods. Frequent words come last: they win a
 * shared row.
 */
export function applyLexicon(lexicon: Lexicon, words: Words, rows: WordRows, vectors: WordVectors): void {
  const { values, width } = vectors.words;
  const known = words.strings.flatMap((word, id) => {
    const moods = lexicon.get(word);
    return moods === undefined ? [] : [{ id, moods, count: words.counts[id] ?? 0 }];
  });
  known.sort((a, b) => a.count - b.count);
  for (const { id, moods } of known) {
    const row = rows.words[id] ?? 0;
    for (const [list, mood] of moods.entries()) values[row * width + list] = STRENGTH * mood;
  }
}

function readLines(path: string): string[][] {
  if (!existsSync(`${path}.gz`)) return [];
  const text = gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
