/** Test runs of a model: on made-up rows, one batch at a time, each timed. */

import { viewBatch } from '../../shared/batch-layout.js';
import { elementCount, type TensorArray } from '../../shared/tensor.js';
import type { Clock } from '../contracts/clock.js';
import type { Engine, EngineModel } from '../contracts/engine.js';
import type { MadeUpRows } from './made-up-rows.js';

/** A run that produced outputs. */
export interface TrialRun {
  readonly rows: readonly number[];
  readonly outputs: readonly TensorArray[];
  readonly ms: number;
}

export type TrialOutcome =
  | { readonly ok: true; readonly run: TrialRun }
  | { readonly ok: false; readonly reason: string };

/** Time limit of a single run, in milliseconds: the first one may compile and allocate. */
const HANG_MS = 30_000;

export class Trial {
  readonly model: EngineModel;
  readonly clock: Clock;
  readonly rows: MadeUpRows;
  readonly #engine: Engine;

  constructor(engine: Engine, clock: Clock, model: EngineModel, rows: MadeUpRows) {
    this.#engine = engine;
    this.clock = clock;
    this.model = model;
    this.rows = rows;
  }

  async run(rows: readonly number[]): Promise<TrialOutcome> {
    const buffer = this.#pack(rows);
    if (buffer === undefined) return { ok: false, reason: 'they do not fit into memory' };
    const startedAt = this.clock.now();
    const outcome = await this.#engine.run(this.model, { rows: rows.length, buffer, hangMs: HANG_MS });
    const ms = this.clock.now() - startedAt;
    if (outcome.status !== 'done') return { ok: false, reason: outcome.reason };
    return { ok: true, run: { rows, outputs: viewBatch(this.model, rows.length, outcome.buffer).outputs, ms } };
  }

  #pack(rows: readonly number[]): ArrayBuffer | undefined {
    try {
      return this.rows.pack(rows);
    } catch (cause) {
      // A model may describe tensors of any size.
      if (cause instanceof RangeError) return undefined;
      throw cause;
    }
  }
}

/** Describes the first non-finite element of a run; undefined when all are finite. */
export function notFinite(model: EngineModel, { outputs }: Pick<TrialRun, 'outputs'>): string | undefined {
  for (const [index, { name, shape }] of model.outputs.entries()) {
    const at = outputs[index]?.findIndex((element: number) => !Number.isFinite(element)) ?? -1;
    if (at < 0) continue;
    const row = Math.floor(at / elementCount(shape));
    return `its output "${name}" has ${outputs[index]?.[at]} in row ${row}`;
  }
  return undefined;
}
