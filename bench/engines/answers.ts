/** Compares what engines answer: a fast engine that computes something else would be no finding. Knows numbers. */

import { type CellFigures, cellText } from './cells.js';

/** Absolute, of outputs that are probabilities: single precision in another order. */
const TOLERANCE = 1e-4;

/** The first difference in words; undefined when there is none. */
export function differenceOf(one: ArrayLike<number>, other: ArrayLike<number>): string | undefined {
  if (one.length !== other.length) return `${one.length} numbers and ${other.length}`;
  for (let i = 0; i < one.length; i++) {
    const [a = Number.NaN, b = Number.NaN] = [one[i], other[i]];
    if (!(Math.abs(a - b) <= TOLERANCE)) return `element ${i} is ${a} and ${b}`;
  }
  return undefined;
}

/** Of the first engine of a model and another one, in words; undefined when all agree. */
export function disagreement(cells: readonly CellFigures[]): string | undefined {
  for (const cell of cells) {
    const first = cells.find(({ model }) => model === cell.model) ?? cell;
    const difference = differenceOf(first.answers, cell.answers);
    if (difference !== undefined) return `${cellText(cell)} answers otherwise than on ${first.engine}: ${difference}`;
  }
  return undefined;
}
