/**
 * Layout of a batch in the one buffer that travels to the engine and back: outputs first, then inputs, each aligned to
 * 8 bytes. A text input is a column of byte lengths followed by the UTF-8 bytes of all rows.
 */

import {
  BYTES_PER_ELEMENT,
  elementCount,
  type InputSpec,
  shapeAt,
  type TensorArray,
  type TensorSpec,
  viewTensorArray,
} from './tensor.js';

/** The specs that fix a layout. */
export interface BatchSpecs {
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** The specs with their open sizes filled in, by dimension. */
export function specsAt({ inputs, outputs }: BatchSpecs, sizes: readonly number[]): BatchSpecs {
  const at = <Spec extends InputSpec>(spec: Spec): Spec => ({ ...spec, shape: shapeAt(spec.shape, sizes) });
  return { inputs: inputs.map(at), outputs: outputs.map(at) };
}

const ALIGNMENT = 8;
/** UTF-8 needs at most this many bytes for one UTF-16 unit. */
export const MAX_BYTES_PER_UNIT = 3;

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function tensorBytes(spec: InputSpec, rows: number): number {
  return spec.dtype === 'string'
    ? align(rows * 4)
    : align(rows * elementCount(spec.shape) * BYTES_PER_ELEMENT[spec.dtype]);
}

/** Bytes that a batch of `rows` rows takes, with room for `textBytes` of UTF-8. */
export function batchBytes(specs: BatchSpecs, rows: number, textBytes: number): number {
  let bytes = align(textBytes);
  for (const spec of specs.outputs) bytes += tensorBytes(spec, rows);
  for (const spec of specs.inputs) bytes += tensorBytes(spec, rows);
  return bytes;
}

/** Views of one batch's tensors in its buffer. */
export interface BatchViews {
  readonly outputs: readonly TensorArray[];
  /** One array per tensor input, `[rows, d1, ..., dn]` row-major; empty for a text input, whose rows are in `text`. */
  readonly inputs: readonly TensorArray[];
  /** For a model with a text input: the byte length of each row, and the bytes from there to the end of the buffer. */
  readonly text: { readonly lengths: Uint32Array; readonly bytes: Uint8Array } | undefined;
}

/** The views of a batch of `rows` rows. `buffer` must hold at least {@link batchBytes} bytes. */
export function viewBatch(specs: BatchSpecs, rows: number, buffer: ArrayBuffer): BatchViews {
  let offset = 0;
  const place = (spec: TensorSpec): TensorArray => {
    const view = viewTensorArray(spec.dtype, buffer, offset, rows * elementCount(spec.shape));
    offset += tensorBytes(spec, rows);
    return view;
  };
  const outputs = specs.outputs.map(place);
  let lengths: Uint32Array | undefined;
  const inputs = specs.inputs.map((spec) => {
    if (spec.dtype !== 'string') return place(spec);
    lengths = new Uint32Array(buffer, offset, rows);
    offset += tensorBytes(spec, rows);
    return new Uint8Array(0);
  });
  return { outputs, inputs, text: lengths && { lengths, bytes: new Uint8Array(buffer, offset) } };
}
