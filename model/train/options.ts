// The command line of the training program.
import { parseArgs } from 'node:util';
import { TrainingInputError } from './corpus.js';

export interface TrainingOptions {
  /** Folder with train.tsv and val.tsv, plain or gzipped. */
  readonly data: string;
  readonly seed: number;
  /** Where the model goes; undefined: it is measured and thrown away. */
  readonly out: string | undefined;
  /** Train on a tenth of the texts: to see that everything runs. */
  readonly quick: boolean;
}

export const USAGE = `Trains the sentiment model.

  npm run train -- --data DIR [--seed N] [--out DIR] [--quick]

  --data DIR  folder with train.tsv and val.tsv (or .tsv.gz), lines of LABEL<TAB>TEXT; 0 negative, 1 neutral, 2 positive
  --seed N    start of all chance, 0 to 4294967295 (default 1)
  --out DIR   where model.json, weights.bin and manifest.json go (default model/sentiment/1; with --quick nowhere)
  --quick     train on a tenth of the texts
  --help      this text`;

const DEFAULT_OUT = 'model/sentiment/1';

/** `help` when that is what was asked for. Throws a {@link TrainingInputError} on options that make no sense. */
export function parseOptions(args: readonly string[]): TrainingOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  if (values.data === undefined) throw new TrainingInputError('--data DIR is missing; --help shows all options');
  const seed = values.seed ?? '1';
  if (!/^\d{1,10}$/.test(seed) || Number(seed) >= 2 ** 32) {
    throw new TrainingInputError(`--seed is ${seed}, expected a whole number from 0 to 4294967295`);
  }
  const quick = values.quick === true;
  return { data: values.data, seed: Number(seed), out: values.out ?? (quick ? undefined : DEFAULT_OUT), quick };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        seed: { type: 'string' },
        out: { type: 'string' },
        quick: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new TrainingInputError(`${error instanceof Error ? error.message : String(error)}; --help shows all options`);
  }
}
