/**
 * Makes one graph of two traces with different batch sizes: what is equal in both is fixed, and what differs is the
 * batch dimension, or the capture is given up. Knows no TensorFlow beyond the names of a few ops.
 */

import type { OpAttribute } from './native-binding.js';
import type { Trace, TracedConstant, TracedOp } from './trace.js';

/** A value of the graph: `name` is that of a node, with `:1` for its second output. */
export type Value = string;

export type GraphNode =
  | {
      readonly kind: 'op';
      readonly name: string;
      readonly op: string;
      readonly inputs: readonly Value[];
      readonly attributes: readonly OpAttribute[];
    }
  | { readonly kind: 'input'; readonly name: string; readonly index: number }
  /** By the number of its tensor. */
  | { readonly kind: 'weight'; readonly name: string; readonly id: number }
  | { readonly kind: 'constant'; readonly name: string; readonly constant: TracedConstant };

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly Value[];
}

export type GraphMade = { readonly ok: true; readonly graph: Graph } | { readonly ok: false; readonly reason: string };

/** What the maker needs of TensorFlow's enumerations. */
export interface GraphTypes {
  readonly int32: number;
  /** DataType of the first input. */
  readonly firstInput: number;
  readonly attribute: { readonly int: number; readonly type: number };
}

/** A trace, and its batch size. */
export interface SizedTrace {
  readonly trace: Trace;
  readonly rows: number;
}

/** Why no graph can be made; thrown and caught here. */
class Unlike extends Error {}

export function makeGraph(one: SizedTrace, two: SizedTrace, types: GraphTypes): GraphMade {
  try {
    return { ok: true, graph: new GraphMaker(one, two, types).make() };
  } catch (cause) {
    if (cause instanceof Unlike) return { ok: false, reason: cause.message };
    throw cause;
  }
}

class GraphMaker {
  readonly #one: SizedTrace;
  readonly #two: SizedTrace;
  readonly #types: GraphTypes;
  readonly #constants: readonly [readonly TracedConstant[], readonly TracedConstant[]];
  readonly #nodes: GraphNode[] = [];
  readonly #names = new Map<string, Value>();

  constructor(one: SizedTrace, two: SizedTrace, types: GraphTypes) {
    this.#one = one;
    this.#two = two;
    this.#types = types;
    this.#constants = [[...one.trace.constants.values()], [...two.trace.constants.values()]];
  }

  make(): Graph {
    const [one, two] = [this.#one.trace, this.#two.trace];
    if (one.ops.length !== two.ops.length) throw new Unlike('the number of its ops depends on the batch');
    if (one.constants.size !== two.constants.size) throw new Unlike('the number of its constants depends on the batch');
    const known = [valuesOf(one), valuesOf(two)] as const;
    for (const [index, op] of one.ops.entries()) this.#addOp(index, op, two.ops[index] as TracedOp, known);
    const outputs = one.outputs.map((id, index) => {
      const [a, b] = [known[0](id), known[1](two.outputs[index] ?? -1)];
      if (a !== b) throw new Unlike(`its output ${index} is another one at another batch size`);
      return this.#valueOf(a);
    });
    return { nodes: this.#nodes, outputs };
  }

  #addOp(index: number, one: TracedOp, two: TracedOp, [inOne, inTwo]: readonly [Naming, Naming]): void {
    if (one.name !== two.name || one.inputs.length !== two.inputs.length)
      throw new Unlike(`op ${index} is ${one.name} or ${two.name}, depending on the batch`);
    if (JSON.stringify(one.attributes) !== JSON.stringify(two.attributes))
      throw new Unlike(`an attribute of its op ${one.name} depends on the batch`);
    const inputs = one.inputs.map((id, at) => {
      const [a, b] = [inOne(id), inTwo(two.inputs[at] ?? -1)];
      if (a !== b) throw new Unlike(`its op ${one.name} takes other inputs at another batch size`);
      return this.#valueOf(a, one.name === 'Reshape' && at === 1);
    });
    this.#nodes.push({ kind: 'op', name: `op${index}`, op: one.name, inputs, attributes: one.attributes });
  }

  /** The node of a value, made when it is first needed. `openSize`: -1 may stand for the batch. */
  #valueOf(value: string, openSize = false): Value {
    const key = `${value} ${openSize}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = this.#make(value, openSize);
      this.#names.set(key, name);
    }
    return name;
  }

  #make(value: string, openSize: boolean): Value {
    const [kind = '', number = ''] = value.split(' ');
    if (kind === 'op') return `op${number}`;
    if (kind === 'input') return this.#push({ kind: 'input', name: `in${number}`, index: Number(number) });
    if (kind === 'weight') return this.#push({ kind: 'weight', name: `weight${number}`, id: Number(number) });
    const index = Number(number);
    const [one, two] = [this.#constants[0][index], this.#constants[1][index]];
    if (one === undefined || two === undefined) throw new Error(`no constant ${index}`);
    const name = `const${index}${openSize ? '_open' : ''}`;
    if (one.dtype !== two.dtype) throw new Unlike('the type of a constant depends on the batch');
    if (isEqual(one.shape, two.shape)) {
      if (isEqual(one.values, two.values)) return this.#push({ kind: 'constant', name, constant: one });
      if (one.dtype !== this.#types.int32) throw new Unlike('a constant depends on the batch, or on the input');
      return this.#sizes(name, one, two, openSize);
    }
    const [first] = Array.from(one.values);
    const isUniform = [one, two].every(({ values }) => Array.from(values).every((each) => each === first));
    if (!isUniform || first === undefined) throw new Unlike('a constant’s shape depends on the batch');
    const dims = this.#sizes(`${name}_dims`, this.#vector(one.shape), this.#vector(two.shape), false);
    const scalar = this.#constant(`${name}_value`, { shape: [], dtype: one.dtype, values: [first] });
    return this.#op(
      name,
      'Fill',
      [dims, scalar],
      [this.#type('T', one.dtype), this.#type('index_type', this.#types.int32)],
    );
  }

  /** A list of sizes, some of which are multiples of the batch size. */
  #sizes(name: string, one: TracedConstant, two: TracedConstant, openSize: boolean): Value {
    const [a, b] = [Array.from(one.values), Array.from(two.values)];
    const factors = a.map((size, at) => {
      if (size === b[at]) return undefined;
      const factor = size / this.#one.rows;
      if (Number.isInteger(factor) && factor > 0 && factor * this.#two.rows === b[at]) return factor;
      throw new Unlike(`a size is ${size} at batch ${this.#one.rows} and ${b[at]} at batch ${this.#two.rows}`);
    });
    const open = factors.filter((factor) => factor !== undefined).length;
    if (openSize && open === 1) {
      const values = a.map((size, at) => (factors[at] === undefined ? size : -1));
      return this.#constant(name, { ...one, values });
    }
    const parts = a.map((size, at) => {
      const factor = factors[at];
      const part = `${name}_${at}`;
      if (factor === undefined) return this.#constant(part, this.#vector([size]));
      if (factor === 1) return this.#batch();
      const times = this.#constant(`${part}_times`, this.#vector([factor]));
      return this.#op(part, 'Mul', [this.#batch(), times], [this.#type('T', this.#types.int32)]);
    });
    const joined = parts.length === 1 ? (parts[0] as Value) : this.#join(`${name}_all`, parts);
    if (one.shape.length === 1) return joined;
    const shape = this.#constant(`${name}_shape`, this.#vector(one.shape));
    const types = [this.#type('T', this.#types.int32), this.#type('Tshape', this.#types.int32)];
    return this.#op(name, 'Reshape', [joined, shape], types);
  }

  #join(name: string, parts: readonly Value[]): Value {
    const axis = this.#constant(`${name}_axis`, { shape: [], dtype: this.#types.int32, values: [0] });
    const { int32, attribute } = this.#types;
    const types = [this.#type('T', int32), this.#type('Tidx', int32)];
    return this.#op(
      name,
      'ConcatV2',
      [...parts, axis],
      [{ name: 'N', type: attribute.int, value: parts.length }, ...types],
    );
  }

  /** The batch size as a list of one: the first size of the first input. */
  #batch(): Value {
    const known = this.#names.get('batch');
    if (known !== undefined) return known;
    const { int32, attribute } = this.#types;
    const input = this.#valueOf('input 0');
    const shape = this.#op(
      'batch_shape',
      'Shape',
      [input],
      [this.#type('T', this.#types.firstInput), this.#type('out_type', int32)],
    );
    const [from, to] = [0, 1].map((at) => this.#constant(`batch_${at}`, this.#vector([at]))) as [Value, Value];
    const masks = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'];
    const attributes = masks.map((name) => ({ name, type: attribute.int, value: 0 }));
    const types = [this.#type('T', int32), this.#type('Index', int32)];
    const batch = this.#op('batch', 'StridedSlice', [shape, from, to, to], [...attributes, ...types]);
    this.#names.set('batch', batch);
    return batch;
  }

  #vector(values: readonly number[]): TracedConstant {
    return { shape: [values.length], dtype: this.#types.int32, values };
  }

  #type(name: string, value: number): OpAttribute {
    return { name, type: this.#types.attribute.type, value };
  }

  #constant(name: string, constant: TracedConstant): Value {
    return this.#push({ kind: 'constant', name, constant });
  }

  #op(name: string, op: string, inputs: readonly Value[], attributes: readonly OpAttribute[]): Value {
    return this.#push({ kind: 'op', name, op, inputs, attributes });
  }

  #push(node: GraphNode): Value {
    this.#nodes.push(node);
    return node.name;
  }
}

/** Names a tensor of a trace by where it comes from, the same in both traces. */
type Naming = (id: number) => string;

function valuesOf({ ops, constants, inputs }: Trace): Naming {
  const names = new Map<number, string>();
  for (const [index, id] of [...constants.keys()].entries()) names.set(id, `constant ${index}`);
  for (const [index, id] of inputs.entries()) names.set(id, `input ${index}`);
  for (const [index, { outputs }] of ops.entries())
    for (const [at, { id }] of outputs.entries()) names.set(id, `op ${index}${at === 0 ? '' : `:${at}`}`);
  // What was there before the run.
  return (id) => names.get(id) ?? `weight ${id}`;
}

function isEqual(one: ArrayLike<number>, two: ArrayLike<number>): boolean {
  return one.length === two.length && Array.from(one).every((value, at) => Object.is(value, two[at]));
}
