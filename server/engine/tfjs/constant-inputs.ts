/** Inputs that a manifest fills with the same values in each run, such as the rate of a dropout. */

import type { Tensor } from '@tensorflow/tfjs-core';
import {
  type DType,
  elementCount,
  formatShape,
  isDType,
  newTensorArray,
  type TensorArray,
} from '../../../shared/tensor.js';
import type { Constants } from '../../contracts/model-loader.js';
import type { TfCore } from '../backend/backend.js';
import type { ModelInput, TfjsModel } from './tfjs-model.js';

export interface ConstantInput {
  readonly dtype: DType;
  /** The batch dimension included, where there is one. */
  readonly shape: readonly number[];
  readonly values: TensorArray;
}

export type ConstantSettled =
  | { readonly ok: true; readonly input: ConstantInput }
  | { readonly ok: false; readonly problem: string };

/** A number alone is a scalar, or the only element of the model's shape; a list is flat, row-major. */
export function settleConstant(name: string, input: ModelInput, value: Constants[string]): ConstantSettled {
  const refuse = (problem: string): ConstantSettled => ({
    ok: false,
    problem: `manifest.json: constants.${name} ${problem}`,
  });
  const { dtype } = input;
  if (!isDType(dtype)) return refuse(`cannot be given: the model takes ${dtype}`);
  const given: readonly (number | boolean)[] = typeof value === 'object' ? value : [value];
  const shape = shapeOf(input.shape ?? (typeof value === 'object' ? [undefined] : []), given.length);
  if (shape === undefined)
    return refuse(
      `has ${given.length} values, the model takes the shape ${formatShape((input.shape ?? []).map((size) => size ?? -1))}`,
    );
  const values = newTensorArray(dtype, given.length);
  for (const [index, one] of given.entries()) {
    values[index] = Number(one);
    if (dtype === 'bool' ? Number(one) > 1 : typeof one === 'boolean')
      return refuse(`is ${one}, the model takes ${dtype === 'bool' ? 'true or false' : dtype}`);
    if (dtype !== 'float32' && values[index] !== Number(one)) return refuse(`is ${one}, the model takes whole numbers`);
  }
  return { ok: true, input: { dtype, shape, values } };
}

/** The model's shape with its open size, at most one, filled in; undefined when so many values do not fit. */
function shapeOf(shape: readonly (number | undefined)[], count: number): readonly number[] | undefined {
  const known = elementCount(shape.map((size) => size ?? 1));
  const open = shape.filter((size) => size === undefined).length;
  if (open > 1 || known === 0 || count % known !== 0 || (open === 0 && count !== known)) return undefined;
  return shape.map((size) => size ?? count / known);
}

/** The model without these inputs; `undefined` stands for an input that is given in each run. Owns their tensors. */
export function withConstants(tf: TfCore, model: TfjsModel, places: readonly (ConstantInput | undefined)[]): TfjsModel {
  if (places.every((place) => place === undefined)) return model;
  const constants = places.map((place) => place && tf.keep(tf.tensor(place.values, [...place.shape], place.dtype)));
  const all = (given: readonly Tensor[]): readonly Tensor[] => {
    const next = given[Symbol.iterator]();
    return constants.flatMap((constant) => constant ?? next.next().value ?? []);
  };
  const kept = constants.filter((constant) => constant !== undefined);
  const { executeAsync } = model;
  return {
    ...model,
    inputs: model.inputs.filter((_, index) => places[index] === undefined),
    execute: (given) => model.execute(all(given)),
    executeAsync: executeAsync && ((given) => executeAsync(all(given))),
    weights: () => [...model.weights(), ...kept],
    dispose() {
      model.dispose();
      tf.dispose([...kept]);
    },
  };
}
