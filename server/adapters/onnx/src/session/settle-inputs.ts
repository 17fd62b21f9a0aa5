/**
 * Determines what a model's callers give: its inputs, completed by the manifest, without those that the manifest gives
 * itself. Pure.
 */

import type { InputSpec } from 'tickcast/protocol';
import { CARRIERS, type CarriedType, type Carrier, isCarried } from '../dtypes.js';
import type { Dimension, HeaderValue } from '../file/value-info.js';
import { type ConstantInput, type Constants, constantOf } from './constants.js';
import { checkType, MANIFEST, type NamedSizes, Refusal, sizeOf, sizesText } from './input-words.js';

/** An input as a manifest declares it, or a featuriser gives it: then a negative size is open. */
export interface Declared {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** To be left out when the model takes no input of this name. */
  readonly optional?: boolean;
}

/** An input that callers give. */
export interface GivenInput {
  readonly spec: InputSpec;
  readonly type: CarriedType | 'string';
  /** Undefined for a text. */
  readonly carrier: Carrier | undefined;
  /** Sizes after the batch dimension: `[1]` for a text in a column; -1, -2 ... where each run decides them. */
  readonly sizes: readonly number[];
}

export interface SettledInputs {
  readonly given: readonly GivenInput[];
  readonly constants: readonly ConstantInput[];
  /** True when the model takes one row at a time. */
  readonly isSingle: boolean;
}

export type InputsSettled =
  | { readonly ok: true; readonly inputs: SettledInputs }
  | { readonly ok: false; readonly problem: string };

const MOST_SIZES = 7;

/**
 * @param model the inputs as the model's file has them.
 * @param giver of the declared ones, for messages. With a featuriser's single tensor for a single input, names may differ.
 */
export function settleInputs(
  model: readonly HeaderValue[],
  declared: readonly Declared[],
  constants: Constants,
  giver: string = MANIFEST,
): InputsSettled {
  try {
    return { ok: true, inputs: settle(model, named(model, declared, constants, giver), constants, giver) };
  } catch (cause) {
    if (cause instanceof Refusal) return { ok: false, problem: cause.message };
    throw cause;
  }
}

/** Those that the model takes, by its names. */
function named(
  model: readonly HeaderValue[],
  declared: readonly Declared[],
  constants: Constants,
  giver: string,
): readonly Declared[] {
  const taken = declared.filter(({ name, optional }) => optional !== true || model.some((one) => one.name === name));
  const free = model.filter(({ name }) => !Object.hasOwn(constants, name));
  const [only, ...others] = taken;
  const [input] = free;
  if (giver === MANIFEST || only === undefined || others.length > 0 || free.length !== 1 || input === undefined)
    return taken;
  return [{ ...only, name: input.name }];
}

function settle(
  model: readonly HeaderValue[],
  declared: readonly Declared[],
  constants: Constants,
  giver: string,
): SettledInputs {
  const names = model.map(({ name }) => name);
  const list = names.map((name) => `"${name}"`).join(', ');
  const stray = declared.find(({ name }) => !names.includes(name));
  if (stray !== undefined) throw new Refusal(`${giver} has an input "${stray.name}", the model's inputs are ${list}`);
  const odd = Object.keys(constants).find((name) => !names.includes(name));
  if (odd !== undefined) throw new Refusal(`${MANIFEST} has an input "${odd}", the model's inputs are ${list}`);
  const fixed = model.filter(({ name }) => Object.hasOwn(constants, name));
  const twice = fixed.find(({ name }) => declared.some((one) => one.name === name));
  if (twice !== undefined)
    throw new Refusal(`${MANIFEST} has "${twice.name}" in "inputs" and in "constants"; give it once`);
  const asked = model.filter((value) => !fixed.includes(value));
  if (asked.length === 0) throw new Refusal('callers would have nothing to give: the model has no inputs of its own');
  for (const value of asked) checkBatch(value);
  const sizes = namedSizes(asked, declared);
  const open = asked.filter((value) => !isText(value) && needsSizes(value, declared));
  if (open.length > 0) throw new Refusal(openProblem(open, sizes));
  const given = asked.map((value) =>
    settleInput(
      value,
      declared.find(({ name }) => name === value.name),
      sizes,
      giver,
    ),
  );
  const texts = given.filter(({ type }) => type === 'string').map(({ spec }) => `"${spec.name}"`);
  if (texts.length > 1) {
    const list = texts.slice(0, 5).join(', ');
    throw new Refusal(
      `inputs ${list} are texts, and the hub gives a model one at most: join them, or encode them as numbers`,
    );
  }
  const isSingle = asked.some(({ shape }) => shape?.[0] === 1);
  return { given, constants: fixed.map((value) => constantOf(value, constants[value.name] ?? 0)), isSingle };
}

/** Sizes that the manifest gives to a named dimension hold for every input that has it. */
function namedSizes(model: readonly HeaderValue[], declared: readonly Declared[]): NamedSizes {
  const sizes = new Map<string, number>();
  for (const { name, shape = [] } of model) {
    const given = declared.find((one) => one.name === name)?.shape ?? [];
    for (const [axis, size] of shape.slice(1).entries()) {
      const known = given[axis];
      if (typeof size === 'string' && known !== undefined && known >= 0) sizes.set(size, known);
    }
  }
  return sizes;
}

/** An input of unknown rank. */
function needsSizes({ name, shape }: HeaderValue, declared: readonly Declared[]): boolean {
  if (declared.some((one) => one.name === name)) return false;
  return shape === undefined;
}

function openProblem(open: readonly HeaderValue[], named: NamedSizes): string {
  const texts = open.map((value) => {
    checkType(value);
    const sizes = value.shape === undefined ? '[...]' : sizesText(value.shape.slice(1), named);
    const dtype = isCarried(value.type) ? CARRIERS[value.type].dtype : value.type;
    return { name: value.name, sizes, entry: `{ "name": "${value.name}", "dtype": "${dtype}", "shape": ${sizes} }` };
  });
  const [first] = texts;
  const entries = texts.slice(0, 8).map(({ entry }) => entry);
  return `input "${first?.name}" leaves its shape ${first?.sizes} open; put "inputs": [${entries.join(', ')}] with every size in ${MANIFEST} (without the batch dimension)`;
}

function isText({ kind, type }: HeaderValue): boolean {
  return kind === 'tensor' && type === 'string';
}

function settleInput(value: HeaderValue, declared: Declared | undefined, named: NamedSizes, giver: string): GivenInput {
  checkType(value);
  const { name, type, shape } = value;
  if (type === 'string') return settleText(value, declared);
  if (!isCarried(type)) throw new Refusal(`input "${name}" has dtype ${type}`);
  const carrier = CARRIERS[type];
  const sizes = shape?.slice(1);
  if (sizes !== undefined && sizes.length > MOST_SIZES)
    throw new Refusal(`input "${name}" has ${sizes.length} dimensions, the most are ${MOST_SIZES}`);
  if (declared !== undefined) checkDeclared(declared, carrier, type, sizes, giver);
  const filled = declared?.shape.map((size, axis) => {
    const own = sizes?.[axis];
    return size < 0 && typeof own === 'number' ? own : size;
  });
  const settled = filled ?? (sizes ?? []).map((size, axis) => sizeOf(size, named) ?? -axis - 1);
  if (settled.includes(0)) throw new Refusal(`input "${name}" has a dimension of 0: it takes nothing`);
  return { spec: { name, dtype: carrier.dtype, shape: settled }, type, carrier, sizes: settled };
}

function checkDeclared(
  { name, dtype, shape }: Declared,
  carrier: Carrier,
  type: string,
  sizes: readonly Dimension[] | undefined,
  giver: string,
): void {
  if (dtype !== carrier.dtype) {
    const takes = carrier.dtype === type ? type : `${type}, carried as ${carrier.dtype}`;
    throw new Refusal(`${giver} gives input "${name}" as ${dtype}, the model takes ${takes}`);
  }
  if (sizes === undefined) return;
  const isFit =
    shape.length === sizes.length &&
    sizes.every((size, axis) => typeof size !== 'number' || size === shape[axis] || (shape[axis] ?? 0) < 0);
  if (!isFit)
    throw new Refusal(
      `${giver} gives input "${name}" the shape ${sizesText(shape)}, the model takes ${sizesText(sizes)}`,
    );
}

function checkBatch({ name, shape, type }: HeaderValue): void {
  if (shape === undefined) return;
  const give = isCarried(type) ? `, or put "constants": { "${name}": 0 } with its value in ${MANIFEST}` : '';
  if (shape.length === 0)
    throw new Refusal(`input "${name}" is a scalar: it has no batch dimension; export the model with one${give}`);
  const [batch] = shape;
  if (typeof batch === 'number' && batch !== 1) {
    throw new Refusal(
      `input "${name}" has a fixed first dimension of ${batch}, expected the batch; export the model with an open one (or of 1)${give}`,
    );
  }
}

function settleText({ name, shape }: HeaderValue, declared: Declared | undefined): GivenInput {
  if (declared !== undefined) throw new Refusal(`${MANIFEST} declares input "${name}", which is a text; leave it out`);
  const sizes = shape?.slice(1) ?? [];
  if (sizes.length > 1 || (sizes.length === 1 && sizes[0] !== 1)) {
    throw new Refusal(
      `input "${name}" takes strings of shape ${sizesText(sizes)} a row, expected one: export the model with one string a row`,
    );
  }
  const spec = { name, dtype: 'string', shape: [] } as const;
  return { spec, type: 'string', carrier: undefined, sizes: sizes.length === 1 ? [1] : [] };
}
