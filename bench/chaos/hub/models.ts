/**
 * The models of the hub under chaos, written as files: one whose every answer is known, and optionally one that fails
 * on demand.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a repository with `linear`, y = 2 x + 1, and optionally `fault` of `tickcast/testing`; returns its folder. */
export async function writeModels(root: string, withFault: boolean): Promise<string> {
  const repository = join(root, withFault ? 'models-with-fault' : 'models');
  const linear = join(repository, 'linear', '1');
  await mkdir(linear, { recursive: true });
  const config = {
    name: 'dense',
    units: 1,
    activation: 'linear',
    use_bias: true,
    dtype: 'float32',
    batch_input_shape: [null, 1],
  };
  const weights = [
    { name: 'dense/kernel', shape: [1, 1], dtype: 'float32' },
    { name: 'dense/bias', shape: [1], dtype: 'float32' },
  ];
  const model = {
    format: 'layers-model',
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'linear', layers: [{ class_name: 'Dense', config }] },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  await writeFile(join(linear, 'model.json'), JSON.stringify(model));
  await writeFile(join(linear, 'weights.bin'), new Uint8Array(Float32Array.of(2, 1).buffer));
  if (withFault) {
    const fault = join(repository, 'fault', '1');
    await mkdir(fault, { recursive: true });
    await writeFile(join(fault, 'model.json'), '{}');
    await writeFile(join(fault, 'manifest.json'), JSON.stringify({ runtime: 'fault' }));
  }
  return repository;
}
