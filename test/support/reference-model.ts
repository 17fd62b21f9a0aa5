/** A model as plain TensorFlow.js runs it, unbatched and on the CPU backend: the reference for the hub's answers. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

type TfCore = typeof import('@tensorflow/tfjs-core');
type TfLayers = typeof import('@tensorflow/tfjs-layers');
type Artifacts = import('@tensorflow/tfjs-core').io.ModelArtifacts;

// CommonJS throughout: an imported tfjs-core beside a required one would be a second engine.
const require = createRequire(import.meta.url);

export interface ReferenceModel {
  /** `model.predict(tf.tensor(input)).arraySync()`. */
  predict(input: unknown): unknown;
}

/** Loads a layers model from its model.json. */
export async function loadReference(path: string): Promise<ReferenceModel> {
  const tf: TfCore = require('@tensorflow/tfjs-core');
  require('@tensorflow/tfjs-backend-cpu');
  const layers: TfLayers = require('@tensorflow/tfjs-layers');
  await tf.setBackend('cpu');
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(path, 'utf8'));
  const artifacts: Artifacts = {
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: new Uint8Array(await readFile(join(dirname(path), weightsManifest[0].paths[0]))).buffer,
  };
  const model = await layers.loadLayersModel(tf.io.fromMemory(artifacts));
  return {
    predict: (input) =>
      tf.tidy(() => {
        const output = model.predict(tf.tensor(input as number[]));
        if (Array.isArray(output)) throw new Error('the model has several outputs');
        return output.arraySync();
      }),
  };
}

/** Deep-equal, with numbers within a relative 1e-5. */
export function expectClose(actual: unknown, expected: unknown): void {
  const problem = difference(actual, expected, '');
  if (problem !== undefined) expect.fail(`${problem}\nin ${JSON.stringify(actual)}\nnot ${JSON.stringify(expected)}`);
}

/** What differs, or undefined. */
export function difference(actual: unknown, expected: unknown, path: string): string | undefined {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const close = Math.abs(actual - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
    return close ? undefined : `${path} is ${actual}, expected ${expected}`;
  }
  if (!Array.isArray(actual) || !Array.isArray(expected))
    return `${path} is ${typeof actual}, expected ${typeof expected}`;
  if (actual.length !== expected.length) return `${path} has length ${actual.length}, expected ${expected.length}`;
  for (const [index, value] of actual.entries()) {
    const problem = difference(value, expected[index], `${path}[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
