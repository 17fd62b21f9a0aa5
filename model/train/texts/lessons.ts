/**
 * The targets of each text: its own labels, softened and weighted by the rarity of its class, or other networks'
 * opinions.
 */

import type { Teach } from '../course.js';
import type { Corpus } from './corpus.js';
import type { SourceSet } from './sources.js';

const LABEL_SMOOTHING = 0.05;
/** 0: every text counts alike; 1: every class counts alike. The final measure is the mean recall on the first set. */
const MAIN_BALANCE = 0.7;
const OTHER_BALANCE = 0.35;
/** Weight of its own label in what a text of the first set teaches a student. */
const OWN_LABEL = 0.3;

/** Each text's labels, for the head of its set. */
export function teachLabels(corpus: Corpus, sets: readonly SourceSet[]): Teach {
  const weights = sets.map(({ classes }, set) =>
    classWeights(corpus, set, classes, set === 0 ? MAIN_BALANCE : OTHER_BALANCE),
  );
  return (text, targets, at) => {
    const set = corpus.sets[text] ?? 0;
    const classes = sets[set]?.classes ?? 0;
    const bits = corpus.classes[text] ?? 0;
    let count = 0;
    let weight = 0;
    for (let c = 0; c < classes; c++) {
      if ((bits & (1 << c)) === 0) continue;
      count++;
      weight += weights[set]?.[c] ?? 0;
    }
    weight /= count;
    for (let c = 0; c < classes; c++) {
      const own = (bits & (1 << c)) === 0 ? 0 : (1 - LABEL_SMOOTHING) / count;
      targets[at + c] = weight * (own + LABEL_SMOOTHING / classes);
    }
    return set;
  };
}

/** The given probabilities, `classes` per text, for one head; on texts of the first set mixed with their labels. */
export function teachSoft(corpus: Corpus, soft: Float32Array, classes: number): Teach {
  const weights = classWeights(corpus, 0, classes, MAIN_BALANCE);
  return (text, targets, at) => {
    const isMain = corpus.sets[text] === 0;
    const bits = corpus.classes[text] ?? 0;
    for (let c = 0; c < classes; c++) {
      const said = soft[text * classes + c] ?? 0;
      const own = (bits & (1 << c)) === 0 ? 0 : (weights[c] ?? 0);
      targets[at + c] = isMain ? (1 - OWN_LABEL) * said + OWN_LABEL * own : said;
    }
    return 0;
  };
}

/** Weights that make each class of a set count by its rarity to the given power, with mean 1 over the labels. */
export function classWeights(corpus: Corpus, set: number, classes: number, power: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let text = 0; text < corpus.count; text++) {
    if (corpus.sets[text] !== set) continue;
    for (let c = 0; c < classes; c++) {
      if (((corpus.classes[text] ?? 0) & (1 << c)) !== 0) counts[c] = (counts[c] ?? 0) + 1;
    }
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const raw = counts.map((count) => (count === 0 ? 0 : (total / count) ** power));
  const mean = raw.reduce((sum, weight, c) => sum + weight * (counts[c] ?? 0), 0) / total;
  return raw.map((weight) => weight / mean);
}
