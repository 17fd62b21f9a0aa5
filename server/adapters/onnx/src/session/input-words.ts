/** What the modules that settle inputs share: the form of a refusal, and shapes in words. Pure. */

import { CARRIED_TYPES, isCarried } from '../dtypes.js';
import type { Dimension, HeaderValue } from '../file/value-info.js';

export const MANIFEST = 'manifest.json';

/** What is wrong, in words for the operator. */
export class Refusal extends Error {}

/** Sizes that a manifest gives to named dimensions. */
export type NamedSizes = ReadonlyMap<string, number>;

export function sizeOf(size: Dimension, named: NamedSizes): number | undefined {
  return typeof size === 'string' ? named.get(size) : size;
}

/** As shown in messages: `[3, height, ?]`. */
export function sizesText(sizes: readonly Dimension[], named: NamedSizes = new Map()): string {
  return `[${sizes.map((size) => sizeOf(size, named) ?? size ?? '?').join(', ')}]`;
}

export function checkType({ name, kind, type }: HeaderValue): void {
  if (kind !== 'tensor')
    throw new Refusal(`input "${name}" is a ${kind}, expected a tensor: export the model with tensors alone`);
  if (type !== 'string' && !isCarried(type))
    throw new Refusal(`input "${name}" has dtype ${type}, expected ${CARRIED_TYPES} or string: cast it in the model`);
}
