/**
 * The bench's model as a TensorFlow.js layers model: in memory, and written as model.json and one weight file. Knows
 * that format and the file system; needs no TensorFlow.js.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildMlp, type DenseLayer } from './mlp.js';

const MODEL_NAME = 'mlp';
/** As in the hub's answers. */
export const MODEL_REF = `${MODEL_NAME}@1`;

const WEIGHTS_FILE = 'weights.bin';

/** What `loadLayersModel` accepts from a handler. */
export interface LayersArtifacts {
  readonly modelTopology: object;
  readonly weightSpecs: readonly WeightSpec[];
  readonly weightData: ArrayBuffer;
}

interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
}

export function mlpArtifacts(layers: readonly DenseLayer[] = buildMlp()): LayersArtifacts {
  return {
    modelTopology: topology(layers),
    weightSpecs: layers.flatMap(({ name, inputs, units }) => [
      { name: `${name}/kernel`, shape: [inputs, units], dtype: 'float32' as const },
      { name: `${name}/bias`, shape: [units], dtype: 'float32' as const },
    ]),
    // Little-endian on every machine that Node supports, as the format requires.
    weightData: Float32Array.from(layers.flatMap(({ kernel, bias }) => [...kernel, ...bias])).buffer,
  };
}

/** Writes `<root>/mlp/1/model.json` and its weights; returns the model's folder, for the hub's `--model`. */
export async function writeMlp(root: string, layers?: readonly DenseLayer[]): Promise<string> {
  const { modelTopology, weightSpecs, weightData } = mlpArtifacts(layers);
  const folder = join(root, MODEL_NAME);
  const version = join(folder, '1');
  await mkdir(version, { recursive: true });
  const modelJson = {
    format: 'layers-model',
    generatedBy: 'tickcast bench',
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
  };
  await writeFile(join(version, 'model.json'), JSON.stringify(modelJson));
  await writeFile(join(version, WEIGHTS_FILE), new Uint8Array(weightData));
  return folder;
}

function topology(layers: readonly DenseLayer[]): object {
  return {
    class_name: 'Sequential',
    config: {
      name: MODEL_NAME,
      layers: layers.map(({ name, inputs, units, activation }, at) => ({
        class_name: 'Dense',
        config: {
          name,
          units,
          activation,
          use_bias: true,
          dtype: 'float32',
          trainable: true,
          ...(at === 0 ? { batch_input_shape: [null, inputs] } : {}),
        },
      })),
    },
  };
}
