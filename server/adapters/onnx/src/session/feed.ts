/** Makes the tensors of a run: over the batch's own bytes where ONNX Runtime takes them as they are. */

import type { BatchViews } from 'tickcast';
import type { TensorArray } from 'tickcast/protocol';
import type { CarriedType, ElementArray } from '../dtypes.js';
import type { Ort, Tensor } from '../engine/engine.js';
import { sizesAt } from './open-sizes.js';
import type { GivenInput, SettledInputs } from './settle-inputs.js';

/** The rows of a run, by input: numbers, or texts. */
export type RunInputs = readonly (TensorArray | readonly string[])[];

type Feeds = Record<string, Tensor>;

export class Feed {
  readonly #Tensor: Ort['Tensor'];
  readonly #given: readonly GivenInput[];
  readonly #constants: Feeds;
  /** By input: elements in ONNX Runtime's form, for as many rows as there were at most. */
  readonly #encoded: ElementArray[] = [];
  readonly #decoder = new TextDecoder();

  constructor(Tensor: Ort['Tensor'], { given, constants }: SettledInputs) {
    this.#Tensor = Tensor;
    this.#given = given;
    this.#constants = Object.fromEntries(
      constants.map(({ name, type, data, dims }) => [name, tensorOf(Tensor, type, data, dims)]),
    );
  }

  /** The rows of a batch. Texts are decoded. */
  read({ inputs, text }: BatchViews, rows: number): RunInputs {
    return this.#given.map(({ type, spec }, index) => {
      const array = inputs[index];
      if (type !== 'string' && array !== undefined) return array;
      if (text === undefined) throw new Error(`the batch lacks the input "${spec.name}"`);
      return this.#texts(text, rows);
    });
  }

  /** One of `rows`. */
  row(inputs: RunInputs, row: number, rows: number): RunInputs {
    return inputs.map((all) => {
      if (!ArrayBuffer.isView(all)) return all.slice(row, row + 1);
      const size = all.length / rows;
      return all.subarray(row * size, (row + 1) * size);
    });
  }

  /** Rows that hold `value` everywhere, at these open sizes. */
  madeUp(rows: number, open: readonly number[], value: number, text: string): RunInputs {
    return this.#given.map(({ spec, sizes }) => {
      const length = rows * count(sizesAt(sizes, open));
      if (spec.dtype === 'string') return Array<string>(rows).fill(text);
      if (spec.dtype === 'float32') return new Float32Array(length).fill(value);
      return spec.dtype === 'int32' ? new Int32Array(length).fill(value) : new Uint8Array(length).fill(value);
    });
  }

  /** With those that the manifest gives. They are good until the next call. */
  tensors(inputs: RunInputs, rows: number, open: readonly number[]): Feeds {
    const feeds: Feeds = { ...this.#constants };
    for (const [index, given] of this.#given.entries()) {
      feeds[given.spec.name] = this.#tensor(given, index, inputs[index] ?? [], [rows, ...sizesAt(given.sizes, open)]);
    }
    return feeds;
  }

  #tensor(
    { spec, type, carrier }: GivenInput,
    index: number,
    values: RunInputs[number],
    dims: readonly number[],
  ): Tensor {
    if (!ArrayBuffer.isView(values) || carrier === undefined || type === 'string')
      return new this.#Tensor('string', values as string[], dims);
    if (carrier.direct) return tensorOf(this.#Tensor, type, values, dims);
    const encoded = this.#room(index, carrier.create, values.length);
    carrier.encode(values, encoded, { name: spec.name, rowElements: count(dims.slice(1)) });
    return tensorOf(this.#Tensor, type, encoded, dims);
  }

  #room(index: number, create: (length: number) => ElementArray, length: number): ElementArray {
    const room = this.#encoded[index];
    if (room !== undefined && room.length >= length) return room.subarray(0, length);
    const larger = create(length);
    this.#encoded[index] = larger;
    return larger;
  }

  #texts({ lengths, bytes }: NonNullable<BatchViews['text']>, rows: number): readonly string[] {
    const texts: string[] = [];
    let offset = 0;
    for (let row = 0; row < rows; row++) {
      const end = offset + (lengths[row] ?? 0);
      texts.push(this.#decoder.decode(bytes.subarray(offset, end)));
      offset = end;
    }
    return texts;
  }
}

function count(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** Over `data`, without a copy. */
function tensorOf(Tensor: Ort['Tensor'], type: CarriedType, data: ElementArray, dims: readonly number[]): Tensor {
  const tensor = new Tensor(type as 'float64', data as Float64Array, dims);
  // Where Node has Float16Array, a float16 tensor shows its data as one, which the native library takes for empty.
  if (type === 'float16' && tensor.data !== (data as unknown)) Object.defineProperty(tensor, 'data', { value: data });
  return tensor;
}
