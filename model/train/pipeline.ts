/**
 * Trains the members of the recipe one after the other. The outputs of finished members are kept in a folder, so that
 * an interrupted run continues with the next one.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Course, type Progress, predictAll, runCourse, type Teach } from './course.js';
import type { TrainingEngine } from './network/engine.js';
import { Network } from './network/network.js';
import { Random } from './network/random.js';
import type { Member } from './recipe.js';
import type { Corpus } from './texts/corpus.js';
import { shiftByEmoji } from './texts/emoji.js';
import { teachLabels, teachSoft } from './texts/lessons.js';
import { applyLexicon, type Lexicon } from './texts/lexicon.js';
import { LABELS, type SourceSet } from './texts/sources.js';
import { passOnToVariants } from './texts/variants.js';
import type { Words } from './texts/words.js';

export interface TrainingData {
  /** The variants are the last one. */
  readonly sets: readonly SourceSet[];
  readonly variantBases: Int32Array;
  readonly corpus: Corpus;
  readonly validation: Corpus;
  readonly words: Words;
  readonly lexicon: Lexicon;
}

/** A member's opinion on every text: `LABELS.length` probabilities per text. */
export interface Opinions {
  readonly corpus: Float32Array;
  readonly validation: Float32Array;
}

export interface Watcher {
  started(member: Member): (progress: Progress) => void;
  finished(member: Member, validation: Float32Array, kept: boolean): void;
}

const CLASSES = LABELS.length;

/** Trains all members; returns the network of the last one. */
export function trainAll(
  engine: TrainingEngine,
  data: TrainingData,
  recipe: readonly Member[],
  seed: number,
  store: OpinionStore,
  watcher: Watcher,
): Network {
  const opinions = new Map<string, Opinions>();
  const keys = new Map<string, string>();
  let last: Network | undefined;
  for (const [index, member] of recipe.entries()) {
    const isLast = index === recipe.length - 1;
    const key = keyOf(member, keys);
    keys.set(member.name, key);
    const kept = isLast ? undefined : store.read(key);
    if (kept !== undefined) {
      opinions.set(member.name, kept);
      watcher.finished(member, kept.validation, true);
      continue;
    }
    const teachers = (member.teachers ?? []).map((name) => {
      const said = opinions.get(name);
      if (said === undefined) throw new RangeError(`${member.name} learns from ${name}, which does not come before it`);
      return said;
    });
    // Each member has its own random numbers, whatever was trained before it.
    const random = new Random(Math.imul(seed, 1000003) + index);
    const network = trainMember(engine, data, member, teachers, random, watcher.started(member));
    const vocabulary = data.words.size;
    const said: Opinions = {
      corpus: isLast ? new Float32Array(0) : predictAll(network, data.corpus, vocabulary, 0),
      validation: predictAll(network, data.validation, vocabulary, 0),
    };
    if (teachers.length === 0) {
      passOnToVariants(data.variantBases, said.corpus);
      shiftByEmoji(data.corpus, data.words, said.corpus);
    }
    if (!isLast) store.write(key, said);
    opinions.set(member.name, said);
    watcher.finished(member, said.validation, false);
    last = network;
  }
  if (last === undefined) throw new RangeError('the recipe is empty');
  return last;
}

function trainMember(
  { multiply }: TrainingEngine,
  { sets, corpus, words, lexicon }: TrainingData,
  member: Member,
  teachers: readonly Opinions[],
  random: Random,
  report: (progress: Progress) => void,
): Network {
  const { sizes, course, refinement } = member;
  const rows = words.rows(sizes.wordBits, sizes.ngramBits);
  const learnsLabels = teachers.length === 0;
  const heads = learnsLabels ? sets.map(({ classes }) => classes).filter((classes) => classes > 0) : [CLASSES];
  const network = new Network(sizes, heads, rows, multiply, random);
  applyLexicon(lexicon, words, rows, network.vectors);
  const all = Int32Array.from({ length: corpus.count }, (_, i) => i);
  const labelled = all.filter((text) => corpus.classes[text] !== 0);
  const main = all.filter((text) => corpus.sets[text] === 0);
  const labels = teachLabels(corpus, sets);
  const stages: [texts: Int32Array, teach: Teach, course: Course][] = [
    learnsLabels
      ? [labelled, labels, course]
      : [all, teachSoft(corpus, mean(teachers.map((said) => said.corpus)), CLASSES), course],
  ];
  if (refinement !== undefined) stages.push([main, labels, refinement]);
  const stepsOf = (texts: Int32Array, { epochs, batchTexts }: Course) => epochs * Math.ceil(texts.length / batchTexts);
  const steps = stages.reduce((sum, [texts, , stage]) => sum + stepsOf(texts, stage), 0);
  let before = 0;
  for (const [texts, teach, stage] of stages) {
    runCourse(network, corpus, words.size, texts, teach, stage, random, ({ step, loss }) =>
      report({ step: before + step, steps, loss }),
    );
    before += stepsOf(texts, stage);
  }
  return network;
}

/**
 * Keys a member's output by everything it depends on, so that a change of the recipe only costs the affected members.
 */
function keyOf(member: Member, keys: ReadonlyMap<string, string>): string {
  const teachers = (member.teachers ?? []).map((name) => keys.get(name));
  const digest = createHash('sha256')
    .update(JSON.stringify([member, teachers]))
    .digest('hex');
  return `${member.name}-${digest.slice(0, 12)}`;
}

function mean(arrays: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(arrays[0]?.length ?? 0);
  for (const array of arrays) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (array[i] ?? 0);
  return sum.map((value) => value / arrays.length);
}

/** Keeps opinions in a folder. Those with another key (other data, seed or engine) are discarded. */
export class OpinionStore {
  readonly #folder: string;

  constructor(folder: string, key: string) {
    this.#folder = folder;
    const keyFile = join(folder, 'key.txt');
    if (existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(keyFile, key);
  }

  read(key: string): Opinions | undefined {
    const [corpus, validation] = [this.#path(key, 'all'), this.#path(key, 'val')];
    if (!existsSync(corpus) || !existsSync(validation)) return undefined;
    return { corpus: readFloats(corpus), validation: readFloats(validation) };
  }

  write(key: string, { corpus, validation }: Opinions): void {
    // The second file confirms that the first is complete.
    writeFileSync(this.#path(key, 'all'), bytesOf(corpus));
    writeFileSync(this.#path(key, 'val'), bytesOf(validation));
  }

  #path(key: string, part: string): string {
    return join(this.#folder, `${key}-${part}.f32`);
  }
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function readFloats(path: string): Float32Array {
  const bytes = new Uint8Array(readFileSync(path));
  return new Float32Array(bytes.buffer, 0, bytes.byteLength / 4);
}
