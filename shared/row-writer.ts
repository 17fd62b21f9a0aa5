/**
 * Checks the elements of one row and writes them straight to the memory they are packed from, in one pass. Never
 * throws.
 */

import type { InputPart } from './input.js';
import { describe } from './parse.js';
import { elementCount, formatShape, type TensorArray, type TensorSpec } from './tensor.js';

/** Checks row `row` of a tensor part and writes its elements at `offset`. Returns undefined, or what was wrong. */
export function writeRow(
  part: Exclude<InputPart, { kind: 'text' }>,
  row: number,
  target: TensorArray,
  offset: number,
): string | undefined {
  const { spec } = part;
  if (part.kind === 'binary') {
    const size = elementCount(spec.shape);
    const start = row * size;
    for (let i = 0; i < size; i++) {
      const element = part.elements[start + i] as number;
      if (element - element !== 0)
        return `${rowPath(part, row)} has ${element} at element ${i}; numbers must be finite`;
      if (spec.dtype === 'bool' && element > 1)
        return `${rowPath(part, row)} has ${element} at element ${i}; a bool is 0 or 1`;
      target[offset + i] = element;
    }
    return undefined;
  }
  const value = part.batched || spec.shape.length === 0 ? part.value[row] : part.value;
  // A flat batch of shape-[1] examples, judging by its first element: each element is its own row.
  if (part.batched && spec.shape.length === 1 && spec.shape[0] === 1 && !Array.isArray(part.value[0])) {
    return writeElement(value, spec, rowPath(part, row), target, offset);
  }
  return writeNested(value, spec, 0, rowPath(part, row), target, offset);
}

/** Recursion is bounded by the spec's rank, not by the value's depth. */
function writeNested(
  value: unknown,
  spec: TensorSpec,
  axis: number,
  path: string,
  target: TensorArray,
  offset: number,
): string | undefined {
  const size = spec.shape[axis];
  if (size === undefined) return writeElement(value, spec, path, target, offset);
  if (!Array.isArray(value))
    return `${path} is ${describe(value)}, expected an array of ${size}: the nesting is ragged`;
  if (value.length !== size)
    return `${path} has length ${value.length}, expected ${size} (shape ${formatShape(spec.shape)})`;
  if (axis === spec.shape.length - 1 && spec.dtype === 'float32') {
    // The hot loop. The element is read back because a finite double may be infinite as float32.
    for (let i = 0; i < size; i++) {
      const element: unknown = value[i];
      if (typeof element !== 'number') return writeElement(element, spec, `${path}[${i}]`, target, offset + i);
      target[offset + i] = element;
      const stored = target[offset + i] as number;
      if (stored - stored !== 0) return writeElement(element, spec, `${path}[${i}]`, target, offset + i);
    }
    return undefined;
  }
  let stride = 1;
  for (let i = axis + 1; i < spec.shape.length; i++) stride *= spec.shape[i] as number;
  for (let i = 0; i < size; i++) {
    const problem = writeNested(value[i], spec, axis + 1, `${path}[${i}]`, target, offset + i * stride);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function writeElement(
  value: unknown,
  spec: TensorSpec,
  path: string,
  target: TensorArray,
  offset: number,
): string | undefined {
  switch (spec.dtype) {
    case 'float32':
      if (typeof value !== 'number') break;
      target[offset] = value;
      return Number.isFinite(target[offset]) ? undefined : `${path} is ${value}, which is no finite float32`;
    case 'int32':
      if (typeof value !== 'number' || (value | 0) !== value)
        return `${path} is ${describe(value)}, expected an int32 integer`;
      target[offset] = value;
      return undefined;
    case 'bool':
      if (value !== true && value !== false && value !== 0 && value !== 1)
        return `${path} is ${describe(value)}, expected true or false`;
      target[offset] = Number(value);
      return undefined;
  }
  return `${path} is ${describe(value)}, expected a number`;
}

function rowPath({ path, batched }: Exclude<InputPart, { kind: 'text' }>, row: number): string {
  return batched ? `${path}[${row}]` : path;
}
