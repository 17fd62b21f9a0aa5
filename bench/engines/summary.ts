/** Turns the figures of all rounds into those of the tables and the targets. Knows numbers; measures nothing. */

import { median } from '../harness/statistics.js';
import { atLeast, atMost, type Target } from '../harness/target.js';
import {
  type BatchFigures,
  type CellFigures,
  type EngineName,
  engineNames,
  type ModelName,
  modelNames,
} from './cells.js';

/** Medians over the rounds of one model on one engine at one number of rows. */
export interface Line extends BatchFigures {
  readonly model: ModelName;
  readonly engine: EngineName;
  readonly predictionsPerSecond: number;
  /** Time of the session over that of the bare runtime, the median of the rounds' own ratios. */
  readonly overBare: number;
}

export interface Summary {
  /** By model, then engine, then rows, in the order of the tables. */
  readonly lines: readonly Line[];
  readonly targets: readonly Target[];
  readonly doubts: readonly string[];
}

/** Times that of the bare runtime, at one row. */
const MOST_OVER_BARE = 1.3;
const JUDGED_OVER_BARE = ['saved-model', 'onnx-node', 'onnx-wasm'] as const;
/** Times as quick as `predictOnBatch`, by rows, of the perceptron. */
const CAPTURE_GAIN = [
  [1, 4],
  [32, 2],
] as const;
/** The same of any model at any number of rows: a graph never costs more than noise. */
const LEAST_GAIN = 0.95;
/** Cores of others above which figures are not worth quoting. */
const MOST_OTHER_LOAD = 0.1;

/** @param rounds all cells that were measured, of all rounds */
export function summarise(rounds: readonly CellFigures[]): Summary {
  const lines = linesOf(rounds);
  const gains = lines
    .filter(({ engine }) => engine === 'tfjs-captured')
    .map((line) => ({ line, gain: 1 / line.overBare }));
  const least = gains.reduce<(typeof gains)[number] | undefined>((a, b) => (a && a.gain <= b.gain ? a : b), undefined);
  const targets = [
    ...JUDGED_OVER_BARE.map((engine) => overBare(engine, lines)),
    ...CAPTURE_GAIN.map(([rows, limit]) => {
      const found = gains.find(({ line }) => line.model === 'mlp' && line.rows === rows);
      return atLeast(`predictOnBatch / captured, mlp, ${rowsText(rows)}`, found?.gain, limit);
    }),
    atLeast(`predictOnBatch / captured, the least${placeText(least?.line)}`, least?.gain, LEAST_GAIN),
  ];
  return { lines, targets, doubts: doubtsOf(rounds) };
}

/** The worst of the engine's models. */
function overBare(engine: EngineName, lines: readonly Line[]): Target {
  const worst = lines
    .filter((line) => line.engine === engine && line.rows === 1)
    .reduce<Line | undefined>((a, b) => (a && a.overBare >= b.overBare ? a : b), undefined);
  const model = worst === undefined ? '' : `: ${worst.model}`;
  return atMost(`session / bare runtime, ${engine}, 1 row, the most${model}`, worst?.overBare, MOST_OVER_BARE);
}

export function linesOf(rounds: readonly CellFigures[]): readonly Line[] {
  return modelNames.flatMap((model) =>
    engineNames.flatMap((engine) => {
      const batches = rounds
        .filter((cell) => cell.model === model && cell.engine === engine)
        .flatMap((cell) => cell.batches);
      const sizes = [...new Set(batches.map(({ rows }) => rows))].sort((a, b) => a - b);
      return sizes.map((rows) =>
        lineOf(
          { model, engine },
          rows,
          batches.filter((batch) => batch.rows === rows),
        ),
      );
    }),
  );
}

function lineOf(cell: Pick<Line, 'model' | 'engine'>, rows: number, batches: readonly BatchFigures[]): Line {
  const of = (figure: (batch: BatchFigures) => number): number => median(batches.map(figure));
  const sessionUs = of((batch) => batch.sessionUs);
  return {
    ...cell,
    rows,
    sessionUs,
    sessionCpuUs: of((batch) => batch.sessionCpuUs),
    bareUs: of((batch) => batch.bareUs),
    predictionsPerSecond: (rows * 1e6) / sessionUs,
    overBare: of((batch) => batch.sessionUs / batch.bareUs),
  };
}

function doubtsOf(rounds: readonly CellFigures[]): readonly string[] {
  const load = median(rounds.map(({ otherLoad }) => otherLoad));
  if (!(load > MOST_OTHER_LOAD)) return [];
  return [`other processes used ${load.toFixed(2)} cores, the median of all: the times are too long`];
}

function placeText(line: Line | undefined): string {
  return line === undefined ? '' : `: ${line.model}, ${rowsText(line.rows)}`;
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}
