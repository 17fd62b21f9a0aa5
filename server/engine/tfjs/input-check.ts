/**
 * Determines how each input of a model is filled, from its own file and from the manifest or featuriser. Pure.
 */

import { MAX_RANK } from '../../../shared/limits.js';
import { formatShape, isDType, type TensorSpec } from '../../../shared/tensor.js';
import type { Constants, DeclaredInput } from '../../contracts/model-loader.js';
import { type ConstantInput, settleConstant } from './constant-inputs.js';
import type { ModelInput } from './tfjs-model.js';

/** How one input is filled: by callers, with texts or tensors, or with the same values in each run. */
export type InputPlan =
  | { readonly from: 'caller'; readonly spec: TensorSpec }
  /** Strings of shape `[rows, ...sizes]`, each of `sizes` 1. */
  | { readonly from: 'texts'; readonly name: string; readonly sizes: readonly number[] }
  | ({ readonly from: 'manifest' } & ConstantInput);

export type InputsSettled =
  /** `batch`: the only number of rows that the model takes; undefined when it takes any. */
  | { readonly ok: true; readonly plans: readonly InputPlan[]; readonly batch: number | undefined }
  | { readonly ok: false; readonly problem: string };

/** What completes the model's own description. */
export interface InputsGiven {
  /** What is optional and not taken is left out. */
  readonly inputs: readonly DeclaredInput[];
  readonly constants: Constants;
  readonly giver: 'manifest.json' | 'the featuriser';
}

type InputSettled =
  | { readonly ok: true; readonly plan: InputPlan; readonly batch?: number | undefined }
  | { readonly ok: false; readonly problem: string };

/** What is given fixes open sizes and must not contradict the model. */
export function settleInputs(model: readonly ModelInput[], { inputs, constants, giver }: InputsGiven): InputsSettled {
  const names = model.map(({ name }) => publicName(name));
  // A featuriser has its own names; with a single tensor there is no ambiguity.
  const required = inputs.filter(({ optional }) => optional !== true);
  const [only] = required;
  const free = names.filter((name) => !Object.hasOwn(constants, name));
  const single = giver === 'the featuriser' && only !== undefined && required.length === 1 && free.length === 1;
  const stray = [
    ...(single ? [] : required.map(({ name }) => [giver, 'an input', name] as const)),
    ...Object.keys(constants).map((name) => ['manifest.json', 'a constant', name] as const),
  ].find(([, , name]) => !names.includes(name));
  if (stray !== undefined) {
    const [where, kind, name] = stray;
    return refuse(
      `${where} has ${kind} "${name}", the model's inputs are ${names.map((one) => `"${one}"`).join(', ')}`,
    );
  }
  const plans: InputPlan[] = [];
  const batches = new Map<number | undefined, string>();
  for (const [index, input] of model.entries()) {
    const name = names[index] ?? input.name;
    const settled = settle(name, input);
    if (!settled.ok) return settled;
    plans.push(settled.plan);
    if (settled.plan.from !== 'manifest') batches.set(settled.batch, name);
  }
  if (batches.size === 0) return refuse('every input of the model is a constant of manifest.json: leave out one');
  if (plans.filter(({ from }) => from === 'texts').length > 1)
    return refuse('it takes strings in several inputs, and callers send one text: export the model with one');
  return settleBatch(plans, batches);

  function settle(name: string, input: ModelInput): InputSettled {
    const value = Object.hasOwn(constants, name) ? constants[name] : undefined;
    if (value !== undefined) {
      const constant = settleConstant(name, input, value);
      return constant.ok ? { ok: true, plan: { from: 'manifest', ...constant.input } } : constant;
    }
    const declared = single ? only : inputs.find((candidate) => candidate.name === name);
    if (declared === undefined && giver === 'the featuriser') {
      return refuse(`the featuriser gives no tensor "${name}", which the model takes${constantHint(name, input)}`);
    }
    return settleInput(name, input, declared, giver);
  }
}

/** One number for all inputs that callers fill. Open ones beside a fixed 1 follow it. */
function settleBatch(plans: readonly InputPlan[], batches: ReadonlyMap<number | undefined, string>): InputsSettled {
  const [fixed, other] = [...batches.keys()].filter((size) => size !== undefined);
  if (fixed === undefined || (other === undefined && (fixed === 1 || !batches.has(undefined))))
    return { ok: true, plans, batch: fixed };
  const named = [...batches].map(([size, name]) => `${size ?? 'an open one'} in "${name}"`).join(' and ');
  return refuse(
    `its inputs have different batch dimensions, ${named}; export the model with open ones (null, or -1), or put what is the same for all rows in manifest.json as "constants": { "NAME": [...] }`,
  );
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
  if (dtype === 'string') return settleTexts(name, shape);
  if (!isDType(dtype))
    return refuse(`input "${name}" has dtype ${dtype}, expected float32, int32 or bool: cast it in the model`);
  // Token ids and masks are whole numbers, which float32 holds; layers models often declare nothing else.
  const isExact = declared?.shape[0] === -1 && declared.dtype === 'int32' && dtype === 'float32';
  if (declared !== undefined && declared.dtype !== dtype && !isExact)
    return refuse(`${giver} gives input "${name}" as ${declared.dtype}, the model takes ${dtype}`);
  if (shape === undefined) {
    if (declared !== undefined) return { ok: true, plan: callers(name, dtype, declared.shape) };
    return refuse(`${unknownShape(name, dtype)}${constantHint(name, input)}`);
  }
  const [batch, ...sizes] = shape;
  if (shape.length === 0)
    return refuse(`input "${name}" is a scalar and has no batch dimension${constantHint(name, input)}`);
  if (sizes.length >= MAX_RANK)
    return refuse(`input "${name}" has ${sizes.length} dimensions, the most are ${MAX_RANK - 1}`);
  // Each request decides an open size.
  if (declared === undefined)
    return {
      ok: true,
      plan: callers(
        name,
        dtype,
        sizes.map((size, axis) => size ?? -axis - 1),
      ),
      batch,
    };
  if (
    declared.shape.length !== sizes.length ||
    sizes.some((size, axis) => size !== undefined && size !== declared.shape[axis] && (declared.shape[axis] ?? 0) > 0)
  ) {
    return refuse(
      `${giver} gives input "${name}" the shape ${formatShape(declared.shape)}, the model takes ${openText(sizes)}`,
    );
  }
  const settled = declared.shape.map((size, axis) => (size < 0 ? (sizes[axis] ?? size) : size));
  return { ok: true, plan: callers(name, dtype, settled), batch };
}

function settleTexts(name: string, shape: ModelInput['shape']): InputSettled {
  const [batch, ...sizes] = shape ?? [undefined];
  if (shape?.length !== 0 && sizes.every((size) => size === 1 || size === undefined))
    return { ok: true, plan: { from: 'texts', name, sizes: sizes.map(() => 1) }, batch };
  return refuse(
    `input "${name}" takes strings of shape ${openText(shape ?? [])}, expected one a row: [?] or [?, 1]; export the model so`,
  );
}

function callers(name: string, dtype: TensorSpec['dtype'], shape: readonly number[]): InputPlan {
  return { from: 'caller', spec: { name, dtype, shape } };
}

/** What to write for an input that is no tensor of callers, such as the rate of a dropout. */
export function constantHint(name: string, { dtype, shape }: Omit<ModelInput, 'name'>): string {
  const value = shape !== undefined && shape.length > 0 ? '[...]' : dtype === 'bool' ? 'false' : '1';
  return `; if it is the same for all rows, put "constants": { "${name}": ${value} } in manifest.json`;
}

function unknownShape(name: string, dtype: string): string {
  return `input "${name}" leaves its shape [...] open; put "inputs": [{ "name": "${name}", "dtype": "${dtype}", "shape": [...] }] with every size in manifest.json (without the batch dimension)`;
}

function openText(sizes: readonly (number | undefined)[]): string {
  return `[${sizes.map((size) => size ?? '?').join(', ')}]`;
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
