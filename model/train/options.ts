/** The command line of the training program. */

import { parseArgs } from 'node:util';
import { TrainingInputError } from './input-error.js';

export interface TrainingOptions {
  /** Folder with the sets. */
  readonly data: string;
  readonly seed: number;
  /** Where the model goes; undefined: it is measured and thrown away. */
  readonly out: string | undefined;
  /** Where what finished members said is kept. */
  readonly work: string;
  /** A small recipe on a part of the texts: to see that everything runs. */
  readonly quick: boolean;
  readonly engine: 'auto' | 'native' | 'wasm' | 'cpu';
}

export const USAGE = `Trains the sentiment model: teachers on all sets, then a small student on what they say. Interrupted, it goes on where it was.

  npm run train -- --data DIR [--seed N] [--out DIR] [--quick] [--engine NAME] [--work DIR]

  --data DIR     folder with the sets, see model/README.md
  --seed N       start of all chance, 0 to 4294967295 (default 1)
  --out DIR      where model.json, weights.bin, manifest.json and README.md go (default model/sentiment/2; with --quick nowhere)
  --quick        small networks on a part of the texts
  --engine NAME  auto, native, wasm or cpu (default auto: the fastest there is; the same seed gives the same model on one engine)
  --work DIR     where intermediate results are kept (default dist/train/seed-N)
  --help         this text`;

const DEFAULT_OUT = 'model/sentiment/2';
const ENGINES = ['auto', 'native', 'wasm', 'cpu'] as const;

/** `help` when that is what was asked for. Throws a {@link TrainingInputError} on options that make no sense. */
export function parseOptions(args: readonly string[]): TrainingOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  if (values.data === undefined) throw new TrainingInputError('--data DIR is missing; --help shows all options');
  const seed = values.seed ?? '1';
  if (!/^\d{1,10}$/.test(seed) || Number(seed) >= 2 ** 32) {
    throw new TrainingInputError(`--seed is ${seed}, expected a whole number from 0 to 4294967295`);
  }
  const engine = ENGINES.find((name) => name === (values.engine ?? 'auto'));
  if (engine === undefined) {
    throw new TrainingInputError(`--engine is ${values.engine}, expected one of ${ENGINES.join(', ')}`);
  }
  const quick = values.quick === true;
  const out = values.out ?? (quick ? undefined : DEFAULT_OUT);
  const work = values.work ?? `dist/train/${quick ? 'quick' : 'seed'}-${Number(seed)}`;
  return { data: values.data, seed: Number(seed), out, work, quick, engine };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        seed: { type: 'string' },
        out: { type: 'string' },
        work: { type: 'string' },
        engine: { type: 'string' },
        quick: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new TrainingInputError(`${error instanceof Error ? error.message : String(error)}; --help shows all options`);
  }
}
