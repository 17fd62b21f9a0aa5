/** The models for bad input: one of each kind, with `linear` as the default. */

import { join } from 'node:path';
import { writeEmbedding, writeJson, writeLinear, writeMlp, writeTwoInputs } from './tiny-models.js';

/** The result of `linear` for a number: version 2, the highest. */
export function linear(x: number): number {
  return 2 * x + 1;
}

export const MAX_TEXT_LENGTH = 50;

/** Writes `linear` ([1], two versions), `mlp` ([4]), `two` (named inputs), `ids` (int32) and `text`. */
export async function writeModels(folder: string): Promise<void> {
  await writeLinear(join(folder, 'linear', '1'), -1, 0);
  await writeLinear(join(folder, 'linear', '2'), 2, 1);
  await writeMlp(join(folder, 'mlp', '1'), [4, 8, 3]);
  await writeTwoInputs(join(folder, 'two', '1'));
  await writeEmbedding(join(folder, 'ids', '1'), 16, 4);
  await writeEmbedding(join(folder, 'text', '1'), 16, 4);
  const featuriser = { name: 'hashed-ngrams', buckets: 16, length: 4, maxTokens: 4, minWordLength: 3 };
  await writeJson(join(folder, 'text', '1', 'manifest.json'), {
    input: { kind: 'text', featuriser },
    limits: { maxTextLength: MAX_TEXT_LENGTH },
    labels: ['up', 'down'],
  });
}
