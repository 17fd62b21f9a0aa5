/**
 * Reads of an ONNX file what is asked before ONNX Runtime sees it: inputs and outputs with their types, the files that
 * hold weights, and whether each tensor's bytes fit its shape. Knows onnx.proto; knows no files and no session.
 */

import { type ExternalWeights, Graphs } from './graphs.js';
import type { HeaderValue } from './value-info.js';
import { Malformed, WireReader } from './wire-reader.js';

/** What a file says of itself. */
export interface ModelHeader {
  /** What callers give: without those that the file has weights for. */
  readonly inputs: readonly HeaderValue[];
  readonly outputs: readonly HeaderValue[];
  readonly external: readonly ExternalWeights[];
}

/** The result of {@link readHeader}; `problem` is one line without the file's name. */
export type HeaderReading =
  | { readonly ok: true; readonly header: ModelHeader }
  | { readonly ok: false; readonly problem: string };

const DAMAGED = 'it is no ONNX file, or damaged: export or copy it again';

/** Reads a whole `ModelProto`, except its weights. Never throws. */
export function readHeader(bytes: Uint8Array): HeaderReading {
  if (bytes.length === 0) return { ok: false, problem: 'it is empty: export or copy it again' };
  if (isPointer(bytes)) return { ok: false, problem: 'it is a pointer of Git LFS, not the model: git lfs pull' };
  try {
    return read(bytes);
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    return { ok: false, problem: `${DAMAGED} (${cause.message})` };
  }
}

function read(bytes: Uint8Array): HeaderReading {
  const reader = new WireReader(bytes);
  const graphs = new Graphs();
  let main: Uint8Array | undefined;
  let irVersion = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) irVersion = reader.number();
    else if (field === 7) main = reader.bytes();
    else if (field === 25) graphs.walkFunction(reader.message());
    else reader.skip();
  }
  if (main === undefined || irVersion <= 0) return { ok: false, problem: DAMAGED };
  const { inputs, outputs } = graphs.walkGraph(new WireReader(main));
  const { problem, external } = graphs;
  if (problem !== undefined) return { ok: false, problem: `${problem}; export or copy it again` };
  return { ok: true, header: { inputs, outputs, external } };
}

function isPointer(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.slice(0, 24)) === 'version https://git-lfs.';
}
