/** Writes the models into a folder, each in all its formats: `<root>/<format>/<model>/1/`. Knows files alone. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildMlp } from '../../servers/mlp.js';
import { writeMlp } from '../../servers/mlp-files.js';
import type { Format, ModelName } from '../cells.js';
import { layersNames, writeLayersModel } from './layers-models.js';
import { onnxModel, onnxPerceptron } from './onnx-models.js';
import { savedPerceptron } from './saved-model-file.js';
import { onnxTransformer } from './transformer.js';

export const FILES: Readonly<Record<Format, string>> = {
  layers: 'model.json',
  'saved-model': 'saved_model.pb',
  onnx: 'model.onnx',
};

export function folderOf(root: string, format: Format, model: ModelName): string {
  return join(root, format, model, '1');
}

export async function writeModels(root: string): Promise<void> {
  const layers = buildMlp();
  await writeMlp(join(root, 'layers'), layers);
  await write(root, 'saved-model', 'mlp', savedPerceptron(layers));
  await write(root, 'onnx', 'mlp', onnxPerceptron(layers));
  for (const name of layersNames) {
    const weights = await writeLayersModel(name, folderOf(root, 'layers', name));
    await write(root, 'onnx', name, onnxModel(name, weights));
  }
  await write(root, 'onnx', 'transformer', onnxTransformer());
}

async function write(root: string, format: Format, model: ModelName, content: Uint8Array): Promise<void> {
  const folder = folderOf(root, format, model);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILES[format]), content);
}
