// Runs a freshly loaded model on made-up rows: checks what comes out, and measures what a batch costs. Knows the engine's interface only.
import { batchBytes, viewBatch } from '../../shared/batch-layout.js';
import { elementCount } from '../../shared/tensor.js';
import type { Clock } from '../core/clock.js';
import type { Engine, EngineModel } from '../core/engine.js';
import type { WarmUp } from '../core/model-spec.js';

export type WarmedUp =
  | { readonly ok: true; readonly warmUp: WarmUp }
  | { readonly ok: false; readonly problem: string };

export interface WarmUpOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly model: EngineModel;
  /** For a text model; empty: made-up ones. */
  readonly texts: readonly string[];
  readonly maxTextLength: number;
}

const SIZES = [1, 8, 32] as const;
/** Rounds of all sizes: enough for the code to be compiled, few enough not to hold up the start. */
const LEAST_ROUNDS = 4;
const MOST_ROUNDS = 200;
/** After these many milliseconds no round is added to the fewest. */
const ENOUGH_MS = 200;
/** A single run may take this long, in milliseconds: the first one may compile and allocate. */
const HANG_MS = 30_000;
const MADE_UP = 'The new update is great, but the battery does not last a day :( #phone';
/** How many times as long the texts are in the batch that tells the cost of a byte. */
const LONG = 4;

/** A batch that is run in every round. */
class Sample {
  readonly rows: number;
  readonly texts: readonly Buffer[];
  readonly bytes: number;
  /** The quickest run so far: what one costs undisturbed. */
  ms = Number.POSITIVE_INFINITY;

  constructor(rows: number, texts: readonly string[]) {
    this.rows = rows;
    const encoded = texts.map((text) => Buffer.from(text, 'utf8'));
    const count = encoded.length === 0 ? 0 : rows;
    this.texts = Array.from({ length: count }, (_, row) => encoded[row % encoded.length] ?? Buffer.alloc(0));
    this.bytes = this.texts.reduce((sum, text) => sum + text.length, 0);
  }

  pack(model: EngineModel): ArrayBuffer {
    const buffer = new ArrayBuffer(batchBytes(model, this.rows, this.bytes));
    const { text } = viewBatch(model, this.rows, buffer);
    let offset = 0;
    for (const [row, bytes] of this.texts.entries()) {
      text?.lengths.set([bytes.length], row);
      text?.bytes.set(bytes, offset);
      offset += bytes.length;
    }
    return buffer;
  }
}

/** Checks that outputs are finite at 1, 8 and 32 rows, and fits the cost line to the times, hand-over included. */
export async function warmUpModel(options: WarmUpOptions): Promise<WarmedUp> {
  const { model, clock, maxTextLength } = options;
  const takesText = model.inputs.some(({ dtype }) => dtype === 'string');
  const given = options.texts.length > 0 ? options.texts : [MADE_UP];
  const cut = (texts: readonly string[]): readonly string[] => texts.map((text) => text.slice(0, maxTextLength));
  const samples = SIZES.map((rows) => new Sample(rows, takesText ? cut(given) : []));
  const long = takesText ? new Sample(SIZES[2], cut(given.map((text) => text.repeat(LONG)))) : undefined;
  const until = clock.now() + ENOUGH_MS;
  for (let round = 0; round < MOST_ROUNDS && (round < LEAST_ROUNDS || clock.now() < until); round++) {
    for (const sample of long === undefined ? samples : [...samples, long]) {
      const problem = await run(options, sample);
      if (problem !== undefined) return { ok: false, problem: `with a batch of ${sample.rows} rows ${problem}` };
    }
  }
  return { ok: true, warmUp: costLine(samples, byteCost(samples, long)) };
}

/** Runs the sample once. Answers what was wrong. */
async function run({ clock, engine, model }: WarmUpOptions, sample: Sample): Promise<string | undefined> {
  const { rows } = sample;
  const buffer = sample.pack(model);
  const startedAt = clock.now();
  const outcome = await engine.run(model, { rows, buffer, hangMs: HANG_MS });
  sample.ms = Math.min(sample.ms, clock.now() - startedAt);
  return outcome.status === 'done' ? notFinite(model, rows, outcome.buffer) : `it failed: ${outcome.reason}`;
}

function notFinite(model: EngineModel, rows: number, buffer: ArrayBuffer): string | undefined {
  const { outputs } = viewBatch(model, rows, buffer);
  for (const [index, { name, shape }] of model.outputs.entries()) {
    const at = outputs[index]?.findIndex((element: number) => !Number.isFinite(element)) ?? -1;
    if (at < 0) continue;
    const row = Math.floor(at / elementCount(shape));
    return `its output "${name}" has ${outputs[index]?.[at]} in row ${row}; the weights may be damaged`;
  }
  return undefined;
}

/** From the same rows with short and long texts. */
function byteCost(samples: readonly Sample[], long: Sample | undefined): number {
  const short = samples.find((sample) => sample.rows === long?.rows);
  if (long === undefined || short === undefined || long.bytes <= short.bytes) return 0;
  return Math.max(0, (long.ms - short.ms) / (long.bytes - short.bytes));
}

/** Least squares of `ms - byteMs * bytes` over the rows; never below zero. */
function costLine(samples: readonly Sample[], byteMs: number): WarmUp {
  const count = samples.length;
  const meanRows = samples.reduce((sum, { rows }) => sum + rows, 0) / count;
  const cost = ({ ms, bytes }: Sample): number => ms - byteMs * bytes;
  const meanMs = samples.reduce((sum, sample) => sum + cost(sample), 0) / count;
  let covariance = 0;
  let variance = 0;
  for (const sample of samples) {
    covariance += (sample.rows - meanRows) * (cost(sample) - meanMs);
    variance += (sample.rows - meanRows) ** 2;
  }
  const rowMs = Math.max(0, covariance / variance);
  return { overheadMs: Math.max(0, meanMs - rowMs * meanRows), rowMs, byteMs };
}
