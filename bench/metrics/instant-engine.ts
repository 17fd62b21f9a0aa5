/**
 * An engine that computes nothing: its outputs are its inputs, immediately. What remains is the hub. And models for it.
 */

import type { BatchOutcome, Engine, EngineModel, PackedBatch } from '../../server/contracts/engine.js';
import type { ReadyModel } from '../../server/contracts/model.js';
import { viewBatch } from '../../shared/batch-layout.js';

export class InstantEngine implements Engine {
  readonly slots = 1;

  async run(model: EngineModel, { rows, buffer }: PackedBatch): Promise<BatchOutcome> {
    const { inputs, outputs } = viewBatch(model, rows, buffer);
    if (inputs[0] !== undefined) outputs[0]?.set(inputs[0]);
    return { status: 'done', buffer, inferUs: 200 };
  }
}

/** A model with this many scores; with or without labels. */
export function instantModel(name: string, scores: number, labels: readonly string[] | undefined): ReadyModel {
  const shape = [scores];
  const inputs = [{ name: 'x', dtype: 'float32', shape }] as const;
  const outputs = [{ name: 'y', dtype: 'float32', shape }] as const;
  return {
    spec: { name, version: '1', ref: `${name}@1`, inputs, outputs, labels, maxTextLength: 100 },
    engineModel: { handle: 1, inputs, outputs },
    engine: 'instant',
    warmUp: { overheadMs: 0.2, rowMs: 0.001, byteMs: 0 },
  };
}
