/**
 * A model with open sizes at each size that requests bring: one handle, with specs and cost of their own, so that rows of
 * one size share batches. Knows no engine.
 */

import { specsAt } from '../../shared/batch-layout.js';
import { type WireError, wireError } from '../../shared/errors.js';
import { elementCount, isOpen } from '../../shared/tensor.js';
import type { EngineModel } from '../contracts/engine.js';
import type { ModelSpec, Padding, ReadyModel } from '../contracts/model.js';

/** Of sizes at a time; more are made again when they come again. */
const MOST_KEPT = 256;
/** By dimension, where a model is tried: more than some models need at least, and few enough to be quick. */
export const TRIAL_SIZES: readonly number[] = [32, 48, 4, 4, 4];

/** The engine's model at these sizes; the model itself when none is open. */
export function engineModelAt(model: EngineModel, sizes: readonly number[]): EngineModel {
  return isOpen(model.inputs) ? { handle: model.handle, ...specsAt(model, sizes), sizes } : model;
}

/** How far sizes go, and how they are made alike. */
export interface SizeRules {
  /** Largest size of an open dimension. */
  readonly most: number;
  readonly padding: Padding | undefined;
}

/** The model, as requests find it. */
export function sized(whole: ReadyModel, { most: given, padding }: SizeRules): ReadyModel {
  if (!isOpen(whole.spec.inputs)) return whole;
  const most = padding?.sizes.at(-1) ?? given;
  // The mask is made here.
  const inputs = whole.spec.inputs.filter(({ name }) => name !== padding?.mask?.name);
  const base = { ...whole, spec: { ...whole.spec, inputs }, ...(padding === undefined ? {} : { padding }) };
  const known = new Map<string, ReadyModel>();
  return {
    ...base,
    at(sizes: readonly number[]): ReadyModel | WireError {
      const beyond = sizes.find((size) => size > most);
      if (beyond !== undefined) {
        const field = padding === undefined ? 'limits.maxSize' : 'padding.sizes';
        const remedy = `send less, or raise ${field} in its manifest.json`;
        return wireError('TOO_LARGE', `input has size ${beyond}, ${base.spec.ref} takes ${most}; ${remedy}`);
      }
      const key = sizes.join();
      const found = known.get(key);
      if (found !== undefined) return found;
      const [oldest] = known.keys();
      if (known.size >= MOST_KEPT && oldest !== undefined) known.delete(oldest);
      const made = atSizes(base, sizes);
      known.set(key, made);
      return made;
    },
  };
}

function atSizes(base: ReadyModel, sizes: readonly number[]): ReadyModel {
  const engineModel = engineModelAt(base.engineModel, sizes);
  const { inputs, outputs } = engineModel;
  const spec: ModelSpec = { ...base.spec, inputs, outputs, base: base.spec };
  // As the trial took it, by the number of elements.
  const scale = elementsOf(inputs) / elementsOf(engineModelAt(base.engineModel, TRIAL_SIZES).inputs);
  return { ...base, spec, engineModel, warmUp: { ...base.warmUp, rowMs: base.warmUp.rowMs * scale } };
}

function elementsOf(inputs: ModelSpec['inputs']): number {
  return inputs.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}
