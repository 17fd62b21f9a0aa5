/**
 * Decides whether labels belong to a model: as many as its first output has elements, or two for one that is the score of
 * the second. Knows no files and no engine.
 */

import { isOneForTwo } from '../../shared/output.js';
import { elementCount, type TensorArray } from '../../shared/tensor.js';
import type { EngineModel } from '../contracts/engine.js';

type Outputs = Pick<EngineModel, 'outputs'>;

/** What is wrong with their number; undefined when they fit. */
export function countProblem({ outputs }: Outputs, labels: readonly string[]): string | undefined {
  const [output] = outputs;
  if (output === undefined) return undefined;
  const elements = elementCount(output.shape);
  if (labels.length === elements || isOneForTwo(elements, labels.length)) return undefined;
  return `${labels.length} labels, but output "${output.name}" has ${elements} elements`;
}

/**
 * What is wrong with two labels for one number; undefined when it can be a score. `values`: the first output for some
 * rows.
 */
export function scoreProblem({ outputs }: Outputs, labels: readonly string[], values: TensorArray): string | undefined {
  const [output] = outputs;
  if (output === undefined || !isOneForTwo(elementCount(output.shape), labels.length)) return undefined;
  const outside = values.find((value: number) => value < 0 || value > 1);
  if (outside === undefined) return undefined;
  const range = `output "${output.name}" has one element that is ${outside} for a made-up row`;
  return `2 labels, but ${range}: two labels for one number need a score from 0 to 1; end the model with a sigmoid`;
}
