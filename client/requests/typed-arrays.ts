/** Typed arrays in an input: copied at the call, tagged with dtype and shape when sent. Knows no limits. */

import { isRecord } from '../../shared/parse.js';
import type { ModelDescription } from '../../shared/protocol.js';
import { bytesOf, elementCount, type InputSpec, isBytes, type SentDType, shapeOf } from '../../shared/tensor.js';

type Bytes = ArrayBufferView | ArrayBuffer;

/**
 * Copies the bytes of an input, so that the caller may reuse its typed array immediately. Nested arrays are not copied.
 */
export function captureInput(input: unknown): unknown {
  return mapBytes(input, copyBytes);
}

/** The input in wire form: bytes as `Uint8Array`, with `{ dtype, shape }` where their type would otherwise be lost. */
export function tagInput(captured: unknown, model: ModelDescription | undefined): unknown {
  return mapBytes(captured, (bytes, name, tagged) => {
    if (tagged) return bytesOf(bytes);
    return tagBytes(bytes, name === undefined ? model?.inputs[0] : model?.inputs.find((input) => input.name === name));
  });
}

/** Applies `change` wherever an input may hold bytes: the value itself, a named tensor, or the `data` of either. */
function mapBytes(
  input: unknown,
  change: (bytes: Bytes, name: string | undefined, tagged: boolean) => unknown,
): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const mapTensor = (value: unknown, name: string | undefined): unknown => {
    if (isBytes(value)) return change(value, name, false);
    return isTagged(value) ? { ...value, data: change(value.data, name, true) } : value;
  };
  if (isBytes(input) || isTagged(input) || !isPlain(input)) return mapTensor(input, undefined);
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, mapTensor(value, name)]));
}

/** Without a known spec, a Float32Array travels untagged: one example, as the protocol reads it. */
function tagBytes(bytes: Bytes, spec: InputSpec | undefined): unknown {
  if (bytes instanceof Float32Array && spec !== undefined) return tagged('float32', bytes, spec);
  if (bytes instanceof Int32Array) return tagged('int32', bytes, spec);
  // Pixels, as a canvas gives them. A plain Uint8Array may as well hold the bytes of float32.
  if (bytes instanceof Uint8ClampedArray) return tagged('uint8', bytes, spec);
  // Other types are left as they are and rejected later: untagged, they could not be told from a Float32Array.
  return isUntyped(bytes) || bytes instanceof Float32Array ? bytesOf(bytes) : bytes;
}

function tagged(
  dtype: SentDType,
  array: Float32Array | Int32Array | Uint8ClampedArray,
  spec: InputSpec | undefined,
): unknown {
  return { dtype, shape: shapeFor(array.length, spec), data: bytesOf(array) };
}

/**
 * One example when the elements fill exactly one, else a batch; a length that fits neither is left for the hub to
 * report.
 */
function shapeFor(length: number, spec: InputSpec | undefined): readonly number[] {
  if (spec === undefined || spec.dtype === 'string') return [length];
  const example = shapeOf(spec.shape, length);
  if (example !== undefined) return example;
  const size = elementCount(spec.shape);
  return size > 0 && length > 0 && length % size === 0 ? [length / size, ...spec.shape] : [length];
}

/** A copy of the same class; Float64Array becomes Float32Array, as plain numbers do in a float32 tensor. */
function copyBytes(bytes: Bytes): Bytes {
  if (bytes instanceof Float32Array || bytes instanceof Int32Array || bytes instanceof Uint8ClampedArray)
    return bytes.slice();
  if (bytes instanceof Float64Array) return Float32Array.from(bytes);
  return isUntyped(bytes) ? bytesOf(bytes).slice() : bytes;
}

function isUntyped(bytes: Bytes): boolean {
  return bytes instanceof Uint8Array || bytes instanceof DataView || bytes instanceof ArrayBuffer;
}

function isTagged(value: unknown): value is { readonly data: Bytes } {
  return isPlain(value) && isBytes(value.data) && ('dtype' in value || 'shape' in value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
