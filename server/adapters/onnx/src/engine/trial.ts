/** Whether the two builds work on this machine, for `tickcast doctor`: each computes 1 + 1. */

import type { AdapterEngine } from 'tickcast';
import type { Engine, EngineOpening } from './engine.js';
import { openNodeEngine } from './node-engine.js';
import { openWasmEngine } from './wasm-engine.js';

/** `y = x + x` for a float32 `[1]`: an ONNX file. */
const TWICE = Uint8Array.from(
  atob('CAcSBXRlc3RzOjkKDgoBeAoBeBIBeSIDQWRkEgVncmFwaFoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAN'),
  (character) => character.charCodeAt(0),
);

/** In the order in which `auto` takes them. */
export async function engines(): Promise<readonly AdapterEngine[]> {
  return [await tried('onnx-node', openNodeEngine), await tried('onnx-wasm', openWasmEngine)];
}

async function tried(name: string, open: () => Promise<EngineOpening>): Promise<AdapterEngine> {
  const opening = await open();
  if (!opening.ok) return { name, available: false, reason: opening.reason, remedy: opening.remedy };
  const remedy = 'install it again';
  try {
    const sum = await onePlusOne(opening.engine);
    if (sum === 2) return { name, available: true, version: opening.engine.version };
    return { name, available: false, reason: `1 + 1 came out as ${sum}`, remedy };
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    return { name, available: false, reason, remedy };
  }
}

async function onePlusOne({ ort }: Engine): Promise<unknown> {
  const session = await ort.InferenceSession.create(TWICE, { intraOpNumThreads: 1 });
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1), [1]) });
  await session.release();
  return y?.data[0];
}
