/** The command line of the training program. */

import { bare, integer, oneOf, optional, text, type ValuesOf } from '../../command-line/option.js';
import type { Program } from '../../command-line/program.js';

const DEFAULT_OUT = 'model/sentiment/2';

const OPTIONS = {
  /** Folder with the sets. */
  data: text('DIR', '', 'Folder with the sets, see model/README.md. Required.'),
  seed: integer(0, 2 ** 32 - 1, 1, 'Start of all chance.'),
  out: optional(
    text('DIR', '', 'Where model.json, weights.bin, manifest.json and README.md go.'),
    `${DEFAULT_OUT}, nowhere with --quick`,
  ),
  /** A small recipe on part of the texts, to check that everything runs. */
  quick: bare('Small networks on a part of the texts.'),
  engine: oneOf(
    ['auto', 'native', 'wasm', 'cpu'],
    'auto',
    'What computes: auto takes the fastest there is. The same seed gives the same model on one engine.',
  ),
  work: optional(text('DIR', '', 'Where intermediate results are kept.'), 'dist/train/seed-N'),
};

type Values = ValuesOf<typeof OPTIONS>;

/** `out` undefined: the model is measured and discarded. `work` keeps the outputs of finished members. */
export type TrainingOptions = Values & { readonly work: string };

export const TRAIN: Program<typeof OPTIONS> = {
  name: 'train',
  intro: `Trains the sentiment model: teachers on all sets, then a small student on what they say. Interrupted, it goes on where it was.

Usage: npm run train -- --data DIR [options]`,
  options: OPTIONS,
  check: ({ data }) => [data === '' && '--data is missing: give the folder with the sets'],
};

/** The form and the seed determine the paths that were not given. */
export function trainingOptions(values: Values): TrainingOptions {
  const { quick, seed } = values;
  const { out = quick ? undefined : DEFAULT_OUT, work = `dist/train/${quick ? 'quick' : 'seed'}-${seed}` } = values;
  return { ...values, out, work };
}
