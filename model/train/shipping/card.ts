/** The model card: what a trained model is, its data, its quality and its errors. Figures are of the shipped files. */

import { percent } from '../../evaluate/report.js';
import type { Scores } from '../../evaluate/scores.js';
import type { ProbeSentence } from '../texts/probe.js';
import { LABELS } from '../texts/sources.js';
import { TERMS } from '../texts/terms.js';

export interface RunFigures {
  readonly seed: number;
  readonly macroRecall: number;
  readonly accuracy: number;
  readonly calibrationError: number;
  readonly probeRight: number;
}

export interface CardFacts {
  readonly seed: number;
  /** Such as `native`. */
  readonly engine: string;
  readonly scores: Scores;
  /** Macro recall before the weights became bytes. */
  readonly floatRecall: number;
  readonly bytes: number;
  /** Those with labels. */
  readonly sets: readonly { readonly name: string; readonly texts: number }[];
  /** Modified copies of texts for the students. */
  readonly variants: number;
  readonly probe: readonly { readonly sentence: ProbeSentence; readonly isRight: boolean }[];
  /** Of this run and of other runs found, by seed. */
  readonly runs: readonly RunFigures[];
}

export function formatCard(facts: CardFacts): string {
  const { scores, floatRecall, bytes, probe, seed, engine, sets } = facts;
  const count = (texts: number) => texts.toLocaleString('en');
  const right = probe.filter(({ isRight }) => isRight).length;
  return `# sentiment, version 2

Says whether a short English text sounds negative, neutral or positive: three probabilities in this order. Made for streams of short
messages: ${(bytes / 1e6).toFixed(2)} MB, and more than a hundred thousand texts a second on one core.

A text-CNN over hashed words. A word's vector of 16 numbers is its row of one table and the rows of its character n-grams of another
(32,768 rows each, one byte a weight); 16 filters see three words at a time; what is left of a text is the largest and the summed answer of
each filter; a hidden layer of 16 and a softmax follow. The tokeniser, the hashes and the arithmetic are in \`shared/text/\`, decision 14
says why. \`model.json\` is a TensorFlow.js layers model with one layer of our own:

\`\`\`js
import * as tf from '@tensorflow/tfjs';
import { registerHashedTextEncoder, textTensor } from 'tickcast/layer';

registerHashedTextEncoder(tf, tf);
const model = await tf.loadLayersModel(url);
model.predict(textTensor(tf, ['what a lovely day'])).print();
\`\`\`

A hub takes the layer off and computes it faster, with the same result.

## Figures

On the 2,000 validation tweets, measured on the files of this folder, quantised as they are:

|  |  |
|---|---|
| macro-averaged recall | ${percent(scores.macroRecall)} (standard error ${(100 * scores.macroRecallError).toFixed(1)}) |
| macro F1 | ${percent(scores.macroF1)} |
| accuracy | ${percent(scores.accuracy)} |
| expected calibration error | ${percent(scores.calibration.error)} |
| confidence of 0.6 or more | ${confident(scores)} |
| cost of one byte a weight | ${(100 * (floatRecall - scores.macroRecall)).toFixed(2)} points of macro-averaged recall |
| sentences of the probe (\`model/train/texts/probe.ts\`) | ${right} of ${probe.length} right |

| actual \\ predicted | ${LABELS.join(' | ')} | recall |
|---|--:|--:|--:|--:|
${LABELS.map((label, i) => `| ${label} | ${(scores.confusion[i] ?? []).join(' | ')} | ${percent(scores.recalls[i] ?? 0)} |`).join('\n')}

${formatRuns(facts.runs)}

Settings were chosen on these validation texts: expect less on others, and less still on what are no tweets of 2013 to 2016.

| confidence | texts | mean confidence | right |
|---|--:|--:|--:|
${scores.calibration.bins.flatMap(binRow).join('\n')}

## What it gets wrong

- Sarcasm: it reads the words, not what is meant by them.
- Praise and complaint in one text, where the end decides.
- Whatever needs knowledge of the world, and long texts: it sees three words at a time and no more than 56.
- Other languages: words it never saw say little, so they tend towards neutral.
- The loss weighs the classes alike, so negative is predicted more often than it occurs. Show the probabilities, not the class alone.
- Names of people, teams and parties carry the mood that their time's tweets had about them. Do not use it to judge persons.
${probe.flatMap(({ sentence, isRight }) => (isRight ? [] : [`- Of the probe, ${sentence.kind}: "${sentence.text}" is ${LABELS[sentence.label]}.`])).join('\n')}

## Data

Trained on ${count(sets.reduce((sum, { texts }) => sum + texts, 0))} texts. Teachers learned each set's own labels; the student, which is what is here, learned what the teachers
say of every text, and of ${count(facts.variants)} once more in capitals or with an emoji behind them (the labelled tweets have none; a table of our own,
\`model/train/texts/emoji.ts\`, says what an emoji adds). The texts of TweetEval's validation and test splits were removed from every set. No text is
part of this folder; the weights are sums over hashed words. The terms, as each source states them:

| set | texts | terms |
|---|--:|---|
${sets.map(({ name, texts }) => `| ${name} | ${count(texts)} | ${TERMS[name] ?? ''} |`).join('\n')}
| lexicons for the start of training: VADER, AFINN-165, Hu and Liu's opinion words | | MIT; Apache-2.0; free with citation of Hu and Liu 2004, no formal licence |

Some of these sets are given for research: who uses the model commercially should look at the terms himself.

## How it was made

\`\`\`
npm run train -- --data DIR --seed ${seed}
\`\`\`

on the ${engine} engine, about half an hour of one core. The same data, seed and engine give the same bytes. The folder's layout is in
[model/README.md](../../README.md), the recipe in \`model/train/recipe.ts\`. \`npm run evaluate -- --data FILE\` measures it on any labelled texts.
`;
}

function formatRuns(runs: readonly RunFigures[]): string {
  const column = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length - 1, 1);
    return `${percent(mean)} ± ${(100 * Math.sqrt(variance)).toFixed(1)}`;
  };
  return [
    '| seed | macro-averaged recall | accuracy | calibration error | probe |',
    '|---|--:|--:|--:|--:|',
    ...runs.map(
      (run) =>
        `| ${run.seed} | ${percent(run.macroRecall)} | ${percent(run.accuracy)} | ${percent(run.calibrationError)} | ${run.probeRight} |`,
    ),
    ...(runs.length > 1
      ? [
          `| mean ± standard deviation | ${column(runs.map((run) => run.macroRecall))} | ${column(runs.map((run) => run.accuracy))} | ${column(runs.map((run) => run.calibrationError))} | |`,
        ]
      : []),
  ].join('\n');
}

const CONFIDENT = 6;

function confident({ calibration, count }: Scores): string {
  const bins = calibration.bins.slice(CONFIDENT);
  const texts = bins.reduce((sum, bin) => sum + bin.count, 0);
  const right = bins.reduce((sum, bin) => sum + bin.count * bin.accuracy, 0);
  return `${percent(texts / count)} of the texts, ${percent(right / Math.max(texts, 1))} of them right`;
}

function binRow(bin: Scores['calibration']['bins'][number], index: number): string[] {
  if (bin.count === 0) return [];
  const range = `${(index / 10).toFixed(1)} to ${((index + 1) / 10).toFixed(1)}`;
  return [`| ${range} | ${bin.count} | ${percent(bin.confidence)} | ${percent(bin.accuracy)} |`];
}
