/** What a layers model in memory answers, on wasm in this thread. */

import { openBackend } from '../../server/engine/backend/backend.js';
import type { ModelFiles } from '../../server/engine/tfjs/model-files.js';
import { openTfjsModel } from '../../server/engine/tfjs/tfjs-model.js';

/** What the model answers to one tensor for each input, each given by its shape and numbers. */
export async function answersOf(
  files: ModelFiles,
  ...inputs: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[]
): Promise<readonly (readonly number[])[]> {
  const opening = await openBackend('wasm');
  if (!opening.ok) throw new Error(opening.reason);
  const { backend } = opening;
  const model = await openTfjsModel(files, backend);
  try {
    return backend.tf.tidy(() => {
      const tensors = inputs.map(({ shape, values }, index) => {
        const dtype = model.inputs[index]?.dtype === 'int32' ? 'int32' : 'float32';
        return backend.tf.tensor([...values], [...shape], dtype);
      });
      return model.execute(tensors).map((output) => [...output.dataSync()]);
    });
  } finally {
    model.dispose();
  }
}
