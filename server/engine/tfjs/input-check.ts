/** Determines a model's inputs from its own file and from the manifest or featuriser. Pure. */

import { MAX_RANK } from '../../../shared/limits.js';
import { formatShape, isDType, type TensorSpec } from '../../../shared/tensor.js';
import type { DeclaredInput } from '../../contracts/model-loader.js';
import type { SessionInput } from '../../contracts/runtime.js';
import type { ModelInput } from './tfjs-model.js';

/** A tensor of the model, whose first inner dimension may be open. */
export type SettledInput = TensorSpec & Pick<SessionInput, 'open'>;

export type InputsSettled =
  | { readonly ok: true; readonly inputs: readonly SettledInput[] }
  | { readonly ok: false; readonly problem: string };

type InputSettled =
  | { readonly ok: true; readonly input: SettledInput }
  | { readonly ok: false; readonly problem: string };

/**
 * @param given inputs named by `giver`; they fix sizes that the model leaves open, and must not contradict it. What is
 *   optional and not taken is left out.
 */
export function settleInputs(
  model: readonly ModelInput[],
  given: readonly DeclaredInput[],
  giver: 'manifest.json' | 'the featuriser',
): InputsSettled {
  const names = model.map(({ name }) => publicName(name));
  // A featuriser has its own names; with a single tensor there is no ambiguity.
  const [only, ...others] = given.filter(({ optional }) => optional !== true);
  const single = giver === 'the featuriser' && only !== undefined && others.length === 0 && model.length === 1;
  const stray = single ? undefined : given.find(({ name, optional }) => optional !== true && !names.includes(name));
  if (stray !== undefined) {
    return refuse(
      `${giver} has an input "${stray.name}", the model's inputs are ${names.map((name) => `"${name}"`).join(', ')}`,
    );
  }
  const inputs: SettledInput[] = [];
  for (const [index, input] of model.entries()) {
    const name = names[index] ?? input.name;
    const declared = single ? only : given.find((candidate) => candidate.name === name);
    if (declared === undefined && giver === 'the featuriser') {
      return refuse(`the featuriser gives no tensor "${name}", which the model takes`);
    }
    const settled = settleInput(name, input, declared, giver);
    if (!settled.ok) return settled;
    inputs.push(settled.input);
  }
  return { ok: true, inputs };
}

/** Graphs name the first output of a node `node:0`; callers see `node`. */
export function publicName(name: string): string {
  return name.endsWith(':0') ? name.slice(0, -2) : name;
}

function settleInput(
  name: string,
  input: ModelInput,
  declared: DeclaredInput | undefined,
  giver: string,
): InputSettled {
  const { dtype, shape } = input;
  if (dtype === 'string') {
    return refuse(
      `input "${name}" takes strings, which only a featuriser can give: export the model from its first number tensor on and put "input": { "kind": "text", "featuriser": { ... } } in manifest.json`,
    );
  }
  if (!isDType(dtype))
    return refuse(`input "${name}" has dtype ${dtype}, expected float32, int32 or bool: cast it in the model`);
  // Token ids and masks are whole numbers, which float32 holds; layers models often declare nothing else.
  const isExact = declared?.open === true && declared.dtype === 'int32' && dtype === 'float32';
  if (declared !== undefined && declared.dtype !== dtype && !isExact) {
    return refuse(`${giver} gives input "${name}" as ${declared.dtype}, the model takes ${dtype}`);
  }
  if (shape !== undefined) {
    const [batch, ...sizes] = shape;
    if (shape.length === 0)
      return refuse(`input "${name}" is a scalar: it has no batch dimension; export the model with one`);
    if (batch !== undefined) {
      return refuse(
        `input "${name}" has a fixed batch dimension of ${batch}; export the model with an open one (null, or -1)`,
      );
    }
    if (sizes.length >= MAX_RANK)
      return refuse(`input "${name}" has ${sizes.length} dimensions, the most are ${MAX_RANK - 1}`);
    const known = sizes.flatMap((size) => size ?? []);
    if (declared === undefined) {
      if (known.length === sizes.length) return { ok: true, input: { name, dtype, shape: known } };
      return refuse(openShape(name, dtype, sizes));
    }
    if (
      declared.shape.length !== sizes.length ||
      sizes.some((size, axis) => size !== undefined && size !== declared.shape[axis])
    ) {
      return refuse(
        `${giver} gives input "${name}" the shape ${formatShape(declared.shape)}, the model takes ${openText(sizes)}`,
      );
    }
  }
  if (declared === undefined) return refuse(openShape(name, dtype, ['...']));
  const settled = { name, dtype, shape: declared.shape };
  const isOpen = declared.open === true && (shape === undefined || shape[1] === undefined);
  return { ok: true, input: isOpen ? { ...settled, open: true } : settled };
}

function openShape(name: string, dtype: string, sizes: readonly (number | string | undefined)[]): string {
  return `input "${name}" leaves its shape ${openText(sizes)} open; put "inputs": [{ "name": "${name}", "dtype": "${dtype}", "shape": ${openText(sizes)} }] with every size in manifest.json (without the batch dimension)`;
}

function openText(sizes: readonly (number | string | undefined)[]): string {
  return `[${sizes.map((size) => size ?? '?').join(', ')}]`;
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
