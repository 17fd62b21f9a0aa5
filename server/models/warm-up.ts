/**
 * Runs a freshly loaded model on made-up rows: checks that it runs and whether rows are independent, and measures the
 * cost of a batch. Knows only the engine's interface.
 */

import type { Clock } from '../contracts/clock.js';
import type { Engine, EngineModel } from '../contracts/engine.js';
import type { WarmUp } from '../contracts/model.js';
import { type RowDependence, tryIndependence } from './independence.js';
import { MadeUpRows, type RowKind } from './made-up-rows.js';
import { notFinite, Trial, type TrialRun } from './trial.js';

export type WarmedUp =
  | {
      readonly ok: true;
      readonly warmUp: WarmUp;
      readonly rows: RowDependence;
      /** Whether its answers to zeros and to the made-up rows were finite. */
      readonly finite: boolean;
      /** Up to eight made-up rows and what the model made of them. */
      readonly sample: TrialRun;
      /** Warnings for the operator. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

export interface WarmUpOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly model: EngineModel;
  /** For a text model; empty: made-up ones. */
  readonly texts: readonly string[];
  readonly maxTextLength: number;
  /** Target duration of a batch, in milliseconds. */
  readonly maxBatchMs: number;
}

/** Tried in order until the model accepts one. */
const KINDS: readonly RowKind[] = ['wide', 'unit', 'zero'];
const SIZES = [1, 8, 32] as const;
/** Minimum rounds over all sizes: enough for the code to be compiled, few enough not to delay the start. */
const LEAST_ROUNDS = 4;
const MOST_ROUNDS = 200;
/** After this time, in milliseconds, no round beyond the minimum is added. */
const ENOUGH_MS = 200;
/** After this time, in milliseconds, no round is started at all: a slow model reveals its cost in few runs. */
const SLOW_MS = 2000;
/** A model of which a row takes this many times the target duration of a batch never has a second row in one. */
const FAR_BEYOND = 4;
const MADE_UP = 'The new update is great, but the battery does not last a day :( #phone';
/** Factor by which texts are longer in the batch that measures the cost of a byte. */
const LONG = 4;

/** A batch that runs in every round. */
class Sample {
  readonly trial: Trial;
  readonly rows: readonly number[];
  /** UTF-8 size of its texts, in bytes. */
  readonly bytes: number;
  /** The fastest run so far, in milliseconds: the undisturbed cost. */
  ms = Number.POSITIVE_INFINITY;

  constructor(trial: Trial, rows: number) {
    this.trial = trial;
    this.rows = Array.from({ length: rows }, (_, row) => row);
    this.bytes = trial.rows.textBytes(this.rows);
  }

  /** Runs once. Returns what was wrong, or undefined. */
  async run(): Promise<string | undefined> {
    const outcome = await this.trial.run(this.rows);
    if (!outcome.ok) return `with a batch of ${this.rows.length} rows it failed: ${outcome.reason}`;
    this.ms = Math.min(this.ms, outcome.run.ms);
    return undefined;
  }
}

/**
 * Runs batches of 1, 8 and 32 rows, as far as they are fast, and fits the cost line to the times, hand-over included.
 */
export async function warmUpModel(options: WarmUpOptions): Promise<WarmedUp> {
  const { model, clock, engine, maxTextLength, maxBatchMs } = options;
  const takesText = model.inputs.some(({ dtype }) => dtype === 'string');
  const given = options.texts.length > 0 ? options.texts : [MADE_UP];
  const trialOf = (kind: RowKind, texts: readonly string[]): Trial =>
    new Trial(engine, clock, model, new MadeUpRows(model, kind, texts, maxTextLength));
  const mostMs = FAR_BEYOND * maxBatchMs;
  const opened = await open((kind) => trialOf(kind, options.texts), mostMs);
  if (typeof opened === 'string') return { ok: false, problem: opened };
  const { trial, rowMs, sample } = opened;
  const zeros = () => (takesText ? undefined : undefinedAtZero(trialOf('zero', [])));
  if (rowMs > mostMs) {
    const slow = `a row takes ${Math.ceil(rowMs)} ms, and a batch should take ${maxBatchMs} (--max-batch-ms): it is served one row at a time, and was not tried with more`;
    const zero = await zeros();
    const warnings = [slow, zero].filter((warning) => warning !== undefined);
    const finite = isAlwaysFinite(model, sample, zero);
    return { ok: true, warmUp: { overheadMs: 0, rowMs, byteMs: 0 }, rows: 'alone', finite, sample, warnings };
  }

  const isQuick = (rows: number): boolean => rows * rowMs <= SLOW_MS / 2;
  const timed = takesText ? trialOf('wide', cycle(given)) : trial;
  // At least two sizes: a line has two unknowns.
  const sizes = [1, ...SIZES.slice(1).filter(isQuick)];
  if (sizes.length === 1) sizes.push(2);
  const samples = sizes.map((rows) => new Sample(timed, rows));
  const largest = sizes.at(-1) ?? 1;
  const long = takesText
    ? new Sample(trialOf('wide', cycle(given.map((text) => text.repeat(LONG)))), largest)
    : undefined;
  const startedAt = clock.now();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const tookMs = clock.now() - startedAt;
    if (round >= LEAST_ROUNDS ? tookMs >= ENOUGH_MS : round > 0 && tookMs >= SLOW_MS) break;
    for (const sample of long === undefined ? samples : [...samples, long]) {
      const problem = await sample.run();
      if (problem !== undefined) return { ok: false, problem };
    }
  }

  const { rows, why } = trial.rows.kind === 'zero' ? UNTRIED : await tryIndependence(trial);
  const zero = await zeros();
  const warnings = [why && WARNINGS[rows](why), zero].filter((warning) => warning !== undefined);
  const finite = isAlwaysFinite(model, sample, zero);
  return { ok: true, warmUp: costLine(samples, byteCost(samples, long)), rows, finite, sample, warnings };
}

/** Whether all that it answered while it was tried are numbers. */
function isAlwaysFinite(model: EngineModel, sample: TrialRun, zero: string | undefined): boolean {
  return zero === undefined && notFinite(model, sample) === undefined;
}

const UNTRIED = { rows: 'unknown', why: 'it fails on all made-up rows but zeros' } as const;

const WARNINGS: Readonly<Record<RowDependence, (why: string) => string>> = {
  alone: (why) => `${why}; it is served one row at a time`,
  unknown: (why) =>
    `it could not be tried whether its rows are independent: ${why}. Rows of different callers share its batches; --max-batch-rows 1 keeps them apart`,
  independent: (why) => `its rows seem to be independent, but ${why}`,
};

/**
 * Finds made-up rows that the model accepts, and how long one takes once compiled. A string says what was wrong with
 * all of them.
 */
async function open(
  trialOf: (kind: RowKind) => Trial,
  mostMs: number,
): Promise<{ readonly trial: Trial; readonly rowMs: number; readonly sample: TrialRun } | string> {
  let problem = '';
  for (const kind of KINDS) {
    const trial = trialOf(kind);
    const first = await trial.run([0]);
    // The first run may compile and allocate; of a slow model it is enough.
    const second = first.ok && first.run.ms <= Math.max(mostMs, SLOW_MS / 2) ? await trial.run([0]) : first;
    // Rows have several magnitudes, and a model may accept only some of them.
    const isQuick = second.ok && SIZES[1] * second.run.ms <= SLOW_MS / 2;
    const more = isQuick ? await trial.run(Array.from({ length: SIZES[1] }, (_, row) => row)) : second;
    if (second.ok && more.ok) return { trial, rowMs: second.run.ms, sample: more.run };
    const rows = second.ok ? SIZES[1] : 1;
    if (!more.ok) problem = `with a batch of ${rows} rows it failed: ${more.reason}`;
  }
  return problem;
}

/** Zeros prove nothing: many models then divide by zero. */
async function undefinedAtZero(trial: Trial): Promise<string | undefined> {
  const outcome = await trial.run([0]);
  const found = outcome.ok ? notFinite(trial.model, outcome.run) : undefined;
  return (
    found &&
    `${found} for a row of zeros; where callers send such rows, or where its weights are damaged, it has no answer`
  );
}

function cycle(texts: readonly string[]): readonly string[] {
  return Array.from({ length: SIZES[2] }, (_, row) => texts[row % texts.length] ?? '');
}

/** From the same rows with short and long texts. */
function byteCost(samples: readonly Sample[], long: Sample | undefined): number {
  const short = samples.find((sample) => sample.rows.length === long?.rows.length);
  if (long === undefined || short === undefined || long.bytes <= short.bytes) return 0;
  return Math.max(0, (long.ms - short.ms) / (long.bytes - short.bytes));
}

/** Least squares of `ms - byteMs * bytes` over the rows; never below zero. */
function costLine(samples: readonly Sample[], byteMs: number): WarmUp {
  const count = samples.length;
  const meanRows = samples.reduce((sum, { rows }) => sum + rows.length, 0) / count;
  const cost = ({ ms, bytes }: Sample): number => ms - byteMs * bytes;
  const meanMs = samples.reduce((sum, sample) => sum + cost(sample), 0) / count;
  let covariance = 0;
  let variance = 0;
  for (const sample of samples) {
    covariance += (sample.rows.length - meanRows) * (cost(sample) - meanMs);
    variance += (sample.rows.length - meanRows) ** 2;
  }
  const rowMs = Math.max(0, covariance / variance);
  return { overheadMs: Math.max(0, meanMs - rowMs * meanRows), rowMs, byteMs };
}
