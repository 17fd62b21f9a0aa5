/** Which tensor of a featuriser each input of an opened model is, whatever its runtime has checked already. Pure. */

import { formatShape, type InputSpec } from '../../../shared/tensor.js';
import type { DeclaredInput } from '../../contracts/model-loader.js';

export type TensorMatch =
  /** By input of the model: the index of its tensor. */
  { readonly ok: true; readonly indices: readonly number[] } | { readonly ok: false; readonly problem: string };

/** @param length of a row whose length the model fixes, for tensors of open size */
export function matchTensors(inputs: readonly InputSpec[], tensors: readonly DeclaredInput[], length = 0): TensorMatch {
  const required = tensors.flatMap(({ optional }, index) => (optional === true ? [] : [index]));
  // With a single tensor there is no ambiguity.
  const single = inputs.length === 1 && required.length === 1 ? required[0] : undefined;
  const indices: number[] = [];
  for (const input of inputs) {
    const named = tensors.findIndex(({ name }) => name === input.name);
    const index = named >= 0 ? named : (single ?? -1);
    const tensor = tensors[index];
    if (tensor === undefined)
      return { ok: false, problem: `the featuriser gives no tensor "${input.name}", which the model takes` };
    const problem = difference(input, tensor, length);
    if (problem !== undefined) return { ok: false, problem };
    indices.push(index);
  }
  const left = required.find((index) => !indices.includes(index));
  if (left === undefined) return { ok: true, indices };
  const names = inputs.map(({ name }) => `"${name}"`).join(', ');
  return {
    ok: false,
    problem: `the featuriser has an input "${tensors[left]?.name}", the model's inputs are ${names}`,
  };
}

function difference({ name, dtype, shape }: InputSpec, tensor: DeclaredInput, length: number): string | undefined {
  const isTokens = tensor.shape[0] === -1;
  const isExact = isTokens && tensor.dtype === 'int32' && dtype === 'float32';
  if (dtype !== tensor.dtype && !isExact)
    return `the featuriser gives input "${name}" as ${tensor.dtype}, the model takes ${dtype}`;
  const given = isTokens && shape[0] !== -1 ? [length] : tensor.shape;
  if (formatShape(shape) === formatShape(given)) return undefined;
  return `the featuriser gives input "${name}" the shape ${formatShape(given)}, the model takes ${formatShape(shape)}`;
}
