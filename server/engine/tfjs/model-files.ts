/**
 * Reads a TensorFlow.js model (model.json and its weight files) and checks its consistency. Knows files, but no
 * TensorFlow.
 */

import { readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { describe, isRecord } from '../../../shared/parse.js';
import { encodingHint, withoutMark } from '../../../shared/words/json-text.js';
import { firstLine } from '../../../shared/words/message-of.js';

export const TFJS_RUNTIMES = ['tfjs-layers', 'tfjs-graph'] as const;
export type TfjsRuntime = (typeof TFJS_RUNTIMES)[number];
/** Whose model is no model.json. */
export const SAVED_MODEL_RUNTIME = 'saved-model';

/**
 * A model's bytes. Read once and shared by all threads: a replacement thread loads exactly what the first one did, even
 * if the files have changed since. Costs the size of the weights in memory while the model is loaded.
 */
export interface ModelFiles {
  readonly runtime: TfjsRuntime;
  /** The text of model.json, without a byte order mark. */
  readonly modelJson: string;
  /** All weight files concatenated, in the order of the manifest. */
  readonly weights: SharedArrayBuffer;
}

export type TfjsFilesReading =
  | { readonly ok: true; readonly files: ModelFiles }
  | { readonly ok: false; readonly problem: string };

interface WeightGroup {
  readonly paths: readonly string[];
  /** Bytes of the group's weights; undefined with string weights, whose size is only known from the bytes. */
  readonly bytes: number | undefined;
}

const WEIGHT_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/** Reads the model in `folder`, which must be a real path; every file it names must lie inside. */
export async function readModelFiles(folder: string, file: string): Promise<TfjsFilesReading> {
  try {
    return { ok: true, files: await read(folder, file) };
  } catch (cause) {
    if (cause instanceof Refusal) return { ok: false, problem: cause.message };
    return { ok: false, problem: `${file} cannot be read: ${firstLine(cause)}` };
  }
}

/** What is wrong with the files, in words for the operator. */
class Refusal extends Error {}

async function read(folder: string, file: string): Promise<ModelFiles> {
  const modelJson = withoutMark((await readInside(folder, file)).toString('utf8'));
  const model = parse(modelJson, file);
  const groups = weightGroups(model, file);
  const shards: Uint8Array[] = [];
  for (const { paths, bytes } of groups) {
    let held = 0;
    for (const path of paths) {
      const shard = await readInside(folder, path);
      held += shard.byteLength;
      shards.push(shard);
    }
    if (bytes !== undefined && held !== bytes) {
      const names = paths.length === 0 ? 'its (unnamed) weight files' : paths.join(', ');
      throw new Refusal(`${names}: ${held} bytes, but ${file} describes ${bytes}; export or copy the model again`);
    }
  }
  const weights = new SharedArrayBuffer(shards.reduce((sum, shard) => sum + shard.byteLength, 0));
  const target = new Uint8Array(weights);
  let offset = 0;
  for (const shard of shards) {
    target.set(shard, offset);
    offset += shard.byteLength;
  }
  return { runtime: runtimeOf(model, file), modelJson, weights };
}

/** A file of the model's folder. Throws a refusal in one line. */
export async function readInside(folder: string, path: string): Promise<Buffer> {
  if (isAbsolute(path) || path.includes('://')) throw new Refusal(`${path} is no path inside the model's folder`);
  let real: string;
  try {
    real = await realpath(join(folder, path));
  } catch {
    throw new Refusal(`${path} does not exist in ${folder}`);
  }
  const inner = relative(folder, real);
  if (inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)) {
    throw new Refusal(`${path} leads out of the model's folder; put the file itself there`);
  }
  return readFile(real);
}

function parse(text: string, file: string): Record<string, unknown> {
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch (cause) {
    throw new Refusal(`${file} is not JSON${encodingHint(text)}: ${firstLine(cause)}`);
  }
  if (!isRecord(model) || !isRecord(model.modelTopology)) {
    throw new Refusal(`${file} is no TensorFlow.js model: it has no "modelTopology"`);
  }
  return model;
}

function weightGroups(model: Record<string, unknown>, file: string): readonly WeightGroup[] {
  const { weightsManifest } = model;
  if (!Array.isArray(weightsManifest)) throw new Refusal(`${file} has no "weightsManifest": its weights are missing`);
  return weightsManifest.map((group: unknown) => {
    if (!isRecord(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights)) {
      throw new Refusal(`"weightsManifest" in ${file} must be a list of { paths, weights }`);
    }
    const paths = group.paths.map((path: unknown) => {
      if (typeof path === 'string') return path;
      throw new Refusal(`a weight path in ${file} must be a string, got ${describe(path)}`);
    });
    let bytes: number | undefined = 0;
    for (const weight of group.weights) {
      const size = weightBytes(weight, file);
      bytes = bytes === undefined || size === undefined ? undefined : bytes + size;
    }
    return { paths, bytes };
  });
}

function weightBytes(weight: unknown, file: string): number | undefined {
  if (!isRecord(weight) || typeof weight.name !== 'string' || !Array.isArray(weight.shape)) {
    throw new Refusal(`a weight in ${file} must be { name, shape, dtype }, got ${describe(weight)}`);
  }
  const stored = isRecord(weight.quantization) ? weight.quantization.dtype : weight.dtype;
  if (stored === 'string') return undefined;
  const perElement = typeof stored === 'string' ? WEIGHT_BYTES[stored] : undefined;
  if (perElement === undefined) throw new Refusal(`weight ${weight.name} in ${file} has dtype ${describe(stored)}`);
  let elements = 1;
  for (const size of weight.shape) {
    if (!Number.isSafeInteger(size) || size < 0) throw new Refusal(`weight ${weight.name} in ${file} has a bad shape`);
    elements *= size;
  }
  return elements * perElement;
}

function runtimeOf(model: Record<string, unknown>, file: string): TfjsRuntime {
  if (model.format === 'layers-model') return 'tfjs-layers';
  if (model.format === 'graph-model') return 'tfjs-graph';
  // Files from before tfjs 1.3 have no format.
  const topology = isRecord(model.modelTopology) ? model.modelTopology : {};
  if (Array.isArray(topology.node)) return 'tfjs-graph';
  if (isRecord(topology.model_config) || typeof topology.class_name === 'string') return 'tfjs-layers';
  throw new Refusal(`${file} has format ${describe(model.format)}, expected "layers-model" or "graph-model"`);
}
