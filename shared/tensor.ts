/** Element types, shapes and the description of one input or output tensor of a model. */

/** Element types of tensors on the wire and in a batch. Strings are texts, not tensors. */
export type DType = 'float32' | 'int32' | 'bool';

/** Element types of what callers send: `uint8` is for pixels, and becomes the type of the input. */
export type SentDType = DType | 'uint8';

/** The array that holds a tensor's elements, row-major. */
export type TensorArray = Float32Array | Int32Array | Uint8Array;

/**
 * One input or output of a model. `shape` is that of one example, `[d1, ..., dn]`, without the batch dimension. A
 * negative size is open: each request decides it. -1 is that of the first dimension, -2 of the second, in every input
 * and output; callers are shown -1 for all of them.
 */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** The input of a text model: one string is one example. */
export interface TextSpec {
  readonly name: string;
  readonly dtype: 'string';
  readonly shape: readonly [];
}

/** One input of a model as shown to callers. */
export type InputSpec = TensorSpec | TextSpec;

/** Bytes of one element. */
export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1 };

/** Elements of one example of this shape; 1 for the empty shape. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** True for a valid element type. */
export function isDType(value: unknown): value is DType {
  return value === 'float32' || value === 'int32' || value === 'bool';
}

/** A zero-filled array of `length` elements of this type. */
export function newTensorArray(dtype: DType, length: number): TensorArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'bool':
      return new Uint8Array(length);
  }
}

/** A view of `length` elements at `byteOffset`, which must be a multiple of the element's size. */
export function viewTensorArray(dtype: DType, buffer: ArrayBuffer, byteOffset: number, length: number): TensorArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'bool':
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/** True for a typed array, a DataView or an ArrayBuffer. */
export function isBytes(value: unknown): value is ArrayBufferView | ArrayBuffer {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** The same memory, byte by byte. */
export function bytesOf(data: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The shape as shown in messages: `[3, 4]`, with ? for an open size. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.map((size) => (size < 0 ? '?' : size)).join(', ')}]`;
}

/** Whether a size of one of these is open. */
export function isOpen(specs: readonly { readonly shape: readonly number[] }[]): boolean {
  return specs.some(({ shape }) => shape.some((size) => size < 0));
}

/** The shape with its open sizes filled in: `sizes[0]` for the first dimension. */
export function shapeAt(shape: readonly number[], sizes: readonly number[]): readonly number[] {
  return shape.map((size) => (size < 0 ? (sizes[-size - 1] ?? 0) : size));
}

/** The shape of one example with so many elements; undefined when they do not fit, or when two sizes are open. */
export function shapeOf(shape: readonly number[], count: number): readonly number[] | undefined {
  const open = shape.filter((size) => size < 0);
  const known = elementCount(shape.filter((size) => size >= 0));
  if (open.length === 0) return count === known ? shape : undefined;
  return open.length === 1 && known > 0 && count > 0 && count % known === 0
    ? shape.map((size) => (size < 0 ? count / known : size))
    : undefined;
}
