/**
 * The sets of texts that the model learns from: their paths in the data folder and the meaning of their labels. Knows
 * no network.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TrainingInputError } from '../input-error.js';

/** Class names in the order of the model's output. */
export const LABELS = ['negative', 'neutral', 'positive'] as const;

export interface Example {
  /** The classes of the text as bits: bit 0 for class 0; 0: unlabelled. */
  readonly classes: number;
  readonly text: string;
}

export interface SourceSet {
  readonly name: string;
  /** 0: the texts have no labels. */
  readonly classes: number;
  readonly examples: readonly Example[];
}

interface Source {
  readonly name: string;
  readonly path: string;
  readonly classes: number;
  /** The classes that a label means, as bits; 0: none. */
  readonly read: (label: string) => number;
}

const MOODS = [
  'anger',
  'boredom',
  'empty',
  'enthusiasm',
  'fun',
  'happiness',
  'hate',
  'love',
  'neutral',
  'relief',
  'sadness',
  'surprise',
  'worry',
];
/** Beyond this, a mean of ratings from -4 to 4 counts as a mood. */
const MILD_RATING = 0.6;

function number(label: string): number {
  return /^\d{1,2}$/.test(label) ? 1 << Number(label) : 0;
}

function numbers(labels: string): number {
  return labels.split(',').reduce((bits, label) => bits | number(label), 0);
}

function mood(label: string): number {
  const index = MOODS.indexOf(label);
  return index === -1 ? 0 : 1 << index;
}

function rating(label: string): number {
  const value = label === '' ? Number.NaN : Number(label);
  if (Number.isNaN(value)) return 0;
  return value < -MILD_RATING ? 1 : value > MILD_RATING ? 4 : 2;
}

/** The first is the model's purpose; the others are auxiliary. */
const SOURCES: readonly Source[] = [
  { name: 'SemEval 2013-2016', path: 'tweeteval-sentiment/train', classes: 3, read: number },
  { name: 'Tweet Sentiment Extraction', path: 'tweet-sentiment-extraction/train', classes: 3, read: number },
  { name: 'Sentiment140 (a sample)', path: 'sentiment140-sample/train', classes: 3, read: number },
  { name: 'GoEmotions', path: 'goemotions/all', classes: 28, read: numbers },
  { name: 'VADER tweets', path: 'vader-ground-truth/tweets', classes: 3, read: rating },
  { name: 'VADER products', path: 'vader-ground-truth/amazon', classes: 3, read: rating },
  { name: 'VADER films', path: 'vader-ground-truth/movies', classes: 3, read: rating },
  { name: 'VADER news', path: 'vader-ground-truth/nyt', classes: 3, read: rating },
  { name: 'TweetEval emoji', path: 'tweeteval-other/emoji', classes: 20, read: number },
  { name: 'TweetEval emotion', path: 'tweeteval-other/emotion', classes: 4, read: number },
  { name: 'TweetEval irony', path: 'tweeteval-other/irony', classes: 2, read: number },
  { name: 'TweetEval offensive', path: 'tweeteval-other/offensive', classes: 2, read: number },
  { name: 'CrowdFlower brands', path: 'crowdflower-tweets/brand-products', classes: 3, read: number },
  { name: 'CrowdFlower emotion', path: 'crowdflower-tweets/emotion-40k', classes: MOODS.length, read: mood },
  { name: 'Twitter entities', path: 'twitter-entity-sentiment/train', classes: 3, read: number },
];

const [MAIN] = SOURCES;

/** Every set present in the folder. The first is required. */
export function readSources(folder: string): SourceSet[] {
  const sets = SOURCES.flatMap(({ name, path, classes, read }) => {
    const content = readText(join(folder, path));
    return content === undefined ? [] : [{ name, classes, examples: parseExamples(content, path, classes, read) }];
  });
  if (sets[0]?.name !== MAIN?.name) {
    throw new TrainingInputError(`${folder} has no ${MAIN?.path}.tsv or .tsv.gz; see model/README.md`);
  }
  return sets;
}

/** The validation texts of the first set. */
export function readValidation(folder: string): SourceSet {
  const path = 'tweeteval-sentiment/val';
  const content = readText(join(folder, path));
  if (content === undefined) throw new TrainingInputError(`${folder} has no ${path}.tsv or .tsv.gz`);
  return { name: 'validation', classes: 3, examples: parseExamples(content, path, 3, number) };
}

/** One `label<TAB>text` per line. */
export function parseExamples(
  content: string,
  path: string,
  classes: number,
  read: (label: string) => number = number,
): Example[] {
  const examples: Example[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const tab = line.indexOf('\t');
    const bits = tab === -1 ? 0 : read(line.slice(0, tab));
    if (bits === 0 || bits >= 2 ** classes) {
      throw new TrainingInputError(`${path}, line ${index + 1}: expected a label, a tab and a text`);
    }
    examples.push({ classes: bits, text: line.slice(tab + 1) });
  }
  if (examples.length === 0) throw new TrainingInputError(`${path} has no lines`);
  return examples;
}

/** The text of `<path>.tsv` or `<path>.tsv.gz`, whichever exists. */
function readText(path: string): string | undefined {
  if (existsSync(`${path}.tsv`)) return readFileSync(`${path}.tsv`, 'utf8');
  if (existsSync(`${path}.tsv.gz`)) return gunzipSync(readFileSync(`${path}.tsv.gz`)).toString('utf8');
  return undefined;
}
