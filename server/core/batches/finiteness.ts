/**
 * Finds non-finite numbers in a model's answer and locates them. JSON has no such values, and one of them ruins any
 * mean.
 */

import { type WireError, wireError } from '../../../shared/errors.js';
import type { OutputRows } from '../../../shared/output.js';
import { elementCount, type TensorArray, type TensorSpec } from '../../../shared/tensor.js';

/** Maximum rows named per output, and outputs named, to keep a message short. */
const MAX_NAMED_ROWS = 8;
const MAX_NAMED_OUTPUTS = 4;

/**
 * NOT_FINITE when a value of these rows is NaN or infinite. One pass without branches, since it runs for each request.
 *
 * @param explained whether the rows after the first are a text without each of its tokens.
 */
export function finitenessProblem(
  outputs: readonly TensorSpec[],
  output: OutputRows,
  explained = false,
): WireError | undefined {
  let allFinite = true;
  for (let i = 0; i < outputs.length; i++) {
    const size = elementCount((outputs[i] as TensorSpec).shape);
    allFinite = allFinite && areFinite(output.arrays[i], output.firstRow * size, output.rows * size);
  }
  if (allFinite) return undefined;
  const own = explained ? describe(outputs, { ...output, rows: 1 }) : describe(outputs, output);
  if (own !== undefined) {
    return wireError('NOT_FINITE', `${own} of the answer; the model has no finite value there: change the input`);
  }
  const shortened = describe(outputs, output) ?? '';
  const message = `${shortened}, where row n is the text without its token n: there is no weight to give. Leave explain out, or change the input`;
  return wireError('NOT_FINITE', message);
}

function areFinite(array: TensorArray | undefined, from: number, count: number): boolean {
  // Integers and booleans are always finite.
  if (!(array instanceof Float32Array)) return true;
  let zero = 0;
  // NaN and infinity times zero are NaN, and NaN propagates through the sum.
  for (let i = from; i < from + count; i++) zero += (array[i] as number) * 0;
  return zero === 0;
}

function describe(outputs: readonly TensorSpec[], { arrays, firstRow, rows }: OutputRows): string | undefined {
  const found: string[] = [];
  for (const [index, { name, shape }] of outputs.entries()) {
    const array = arrays[index];
    if (!(array instanceof Float32Array)) continue;
    const size = elementCount(shape);
    const kinds = new Set<string>();
    const where: number[] = [];
    for (let row = 0; row < rows; row++) {
      const from = (firstRow + row) * size;
      const odd = array.subarray(from, from + size).filter((value) => !Number.isFinite(value));
      for (const value of odd) kinds.add(String(value));
      if (odd.length > 0) where.push(row);
    }
    if (where.length > 0)
      found.push(`output ${JSON.stringify(name)} has ${[...kinds].join(' and ')} in ${listOf(where)}`);
  }
  if (found.length === 0) return undefined;
  const more = found.length - MAX_NAMED_OUTPUTS;
  return `${found.slice(0, MAX_NAMED_OUTPUTS).join('; ')}${more > 0 ? `; ${more} more outputs likewise` : ''}`;
}

function listOf(rows: readonly number[]): string {
  const named = rows.slice(0, MAX_NAMED_ROWS).join(', ');
  const more = rows.length - MAX_NAMED_ROWS;
  return `row${rows.length === 1 ? '' : 's'} ${named}${more > 0 ? ` and ${more} more` : ''}`;
}
