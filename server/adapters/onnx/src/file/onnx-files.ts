/**
 * Reads an .onnx file, and the files that it names for its weights, into memory that all threads share. Nothing outside
 * the model's folder is read. Knows files and the header; knows no ONNX Runtime.
 */

import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { oneLine } from '../one-line.js';
import type { ExternalWeights } from './graphs.js';
import { type ModelHeader, readHeader } from './model-header.js';

/** A model's bytes and what its header says. Plain data, posted to the engine threads. */
export interface OnnxFiles {
  /** The name of the model file. */
  readonly file: string;
  readonly header: ModelHeader;
  readonly model: SharedArrayBuffer;
  /** Files with weights, by the names that the model gives them. */
  readonly external: readonly { readonly path: string; readonly data: SharedArrayBuffer }[];
}

export type OnnxFilesReading =
  | { readonly ok: true; readonly files: OnnxFiles }
  | { readonly ok: false; readonly problem: string };

/** What is wrong with the files, in words for the operator. */
class Refusal extends Error {}

/** Protobuf ends here, and with it an .onnx file. */
const MOST_MODEL_BYTES = 2 ** 31 - 1;
const MOST_FILES = 10_000;
const CHUNK_BYTES = 64 * 2 ** 20;

/** Reads the model in `folder`, which must be a real path. Never rejects. */
export async function readOnnxFiles(folder: string, file: string): Promise<OnnxFilesReading> {
  try {
    const model = await readInside(folder, file, MOST_MODEL_BYTES);
    const reading = readHeader(new Uint8Array(model));
    if (!reading.ok) return { ok: false, problem: oneLine(`${file}: ${reading.problem}`) };
    const { header } = reading;
    return { ok: true, files: { file, header, model, external: await readExternal(folder, file, header.external) } };
  } catch (cause) {
    if (cause instanceof Refusal) return { ok: false, problem: oneLine(cause.message) };
    const [line] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    return { ok: false, problem: `${file} cannot be read: ${line}` };
  }
}

async function readExternal(
  folder: string,
  file: string,
  weights: readonly ExternalWeights[],
): Promise<OnnxFiles['external']> {
  const read = new Map<string, SharedArrayBuffer>();
  for (const { tensor, location, offset, length } of weights) {
    const holds = `which holds the weights "${tensor}" of ${file}`;
    // A marker by which ONNX Runtime would take the offset for an address in memory.
    if (location.startsWith('*')) throw new Refusal(`${location}, ${holds}, is no file; export the model again`);
    const data = read.get(location) ?? (await readInside(folder, location, Number.MAX_SAFE_INTEGER, `, ${holds},`));
    read.set(location, data);
    if (read.size > MOST_FILES) throw new Refusal(`${file} has its weights in more than ${MOST_FILES} files`);
    if (offset + (length ?? 0) > data.byteLength) {
      throw new Refusal(`${location}, ${holds}, has only ${data.byteLength} bytes; export or copy it again`);
    }
  }
  return [...read].map(([path, data]) => ({ path, data }));
}

async function readInside(folder: string, path: string, most: number, what = ''): Promise<SharedArrayBuffer> {
  if (isAbsolute(path) || path.includes('\0')) {
    throw new Refusal(`${JSON.stringify(path)}${what} is no path inside the model's folder; put the file itself there`);
  }
  let real: string;
  try {
    real = await realpath(join(folder, path));
  } catch {
    throw new Refusal(`${path}${what} does not exist in ${folder}; put it there`);
  }
  const inner = relative(folder, real);
  if (inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)) {
    throw new Refusal(`${path}${what} leads out of the model's folder; put the file itself there`);
  }
  const handle = await open(real);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Refusal(`${path}${what} is no file`);
    if (stats.size > most) {
      throw new Refusal(
        `${path} has ${stats.size} bytes, more than the 2 GiB of an ONNX file; export it with external data`,
      );
    }
    return await readAll(handle, stats.size, path);
  } finally {
    await handle.close();
  }
}

async function readAll(handle: FileHandle, size: number, path: string): Promise<SharedArrayBuffer> {
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK_BYTES, size - at), at);
    if (bytesRead === 0) throw new Refusal(`${path} became shorter while it was read`);
    at += bytesRead;
  }
  return bytes.buffer;
}
