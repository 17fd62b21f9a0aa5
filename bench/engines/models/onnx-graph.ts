/**
 * Builds small ONNX models: a graph of one input and one output, op by op. Knows the fields of onnx.proto that these
 * need; the adapter's tests have a writer of their own for odd files.
 */

import { bytesOfFloats, field, floatField, integerField, join } from './protobuf.js';

/** Numbers of `TensorProto.DataType`. */
const TYPES = { float32: 1, int32: 6, int64: 7 } as const;
/** Numbers of `AttributeProto.AttributeType`. */
const KIND = { float: 1, integer: 2, text: 3, integers: 7, texts: 8 } as const;
/** The first with LayerNormalization, and the file format of its time. */
const [OPSET, IR_VERSION] = [17, 8] as const;
const [INPUT, OUTPUT] = ['input', 'output'] as const;

/** A number is an integer, and so is each of a list. */
type Attribute = number | string | readonly number[] | readonly string[] | { readonly float: number };
type Attributes = Readonly<Record<string, Attribute>>;

export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export class OnnxGraph {
  readonly input = INPUT;
  readonly #inputInfo: Uint8Array;
  readonly #nodes: Uint8Array[] = [];
  readonly #weights: Uint8Array[] = [];

  /** @param shape of a row: the batch dimension is open */
  constructor(dtype: 'float32' | 'int32', shape: readonly number[]) {
    this.#inputInfo = valueInfo(INPUT, TYPES[dtype], shape);
  }

  /** Returns the name of the op's output, as all of these do. */
  op(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.#add(type, inputs, [`value${this.#nodes.length}`], attributes);
  }

  /** An op of which another output than the first is used. */
  opAt(index: number, type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = `value${this.#nodes.length}`;
    return this.#add(type, inputs, [...Array.from({ length: index }, () => ''), name], attributes);
  }

  floats({ shape, values }: Weight): string {
    return this.#weight(TYPES.float32, shape, bytesOfFloats(values));
  }

  /** A list of whole numbers, such as a shape. */
  integers(values: readonly number[]): string {
    return this.#weight(TYPES.int64, [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** The file, with this value as output. */
  finish(value: string, shape: readonly number[]): Uint8Array {
    this.#add('Identity', [value], [OUTPUT], {});
    const graph = join([
      ...this.#nodes.map((node) => field(1, node)),
      field(2, 'bench'),
      ...this.#weights.map((weight) => field(5, weight)),
      field(11, this.#inputInfo),
      field(12, valueInfo(OUTPUT, TYPES.float32, shape)),
    ]);
    return join([integerField(1, IR_VERSION), field(2, 'bench'), field(7, graph), field(8, integerField(2, OPSET))]);
  }

  #add(type: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes): string {
    this.#nodes.push(
      join([
        ...inputs.map((name) => field(1, name)),
        ...outputs.map((name) => field(2, name)),
        field(4, type),
        ...Object.entries(attributes).map(([name, value]) => field(5, attributeOf(name, value))),
      ]),
    );
    return outputs.at(-1) ?? '';
  }

  #weight(type: number, shape: readonly number[], bytes: Uint8Array): string {
    const name = `weight${this.#weights.length}`;
    const dims = shape.map((size) => integerField(1, size));
    this.#weights.push(join([...dims, integerField(2, type), field(8, name), field(9, bytes)]));
    return name;
  }
}

function attributeOf(name: string, value: Attribute): Uint8Array {
  const named = (kind: number, ...parts: readonly Uint8Array[]) =>
    join([field(1, name), ...parts, integerField(20, kind)]);
  if (typeof value === 'number') return named(KIND.integer, integerField(3, value));
  if (typeof value === 'string') return named(KIND.text, field(4, value));
  if ('float' in value) return named(KIND.float, floatField(2, value.float));
  const isTexts = value.some((one) => typeof one === 'string');
  const items = value.map((one) => (typeof one === 'string' ? field(9, one) : integerField(8, one)));
  return named(isTexts ? KIND.texts : KIND.integers, ...items);
}

function valueInfo(name: string, type: number, shape: readonly number[]): Uint8Array {
  const dims = [field(2, 'batch'), ...shape.map((size) => integerField(1, size))].map((dim) => field(1, dim));
  const tensor = join([integerField(1, type), field(2, join(dims))]);
  return join([field(1, name), field(2, field(1, tensor))]);
}
