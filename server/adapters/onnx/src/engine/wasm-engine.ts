/** ONNX Runtime compiled to WebAssembly, as it comes with this package: one thread, everywhere Node runs. */

import { existsSync } from 'node:fs';
import { type EngineOpening, type Ort, QUIET } from './engine.js';

/** Beside the build, and below the folder that the source is in. */
const PLACES = ['../onnxruntime-web/', '../../dist/onnxruntime-web/'];
const LOADER = 'ort.wasm.min.mjs';

type WasmOrt = Ort & { readonly env: { readonly wasm: { numThreads?: number; wasmPaths?: string } } };

let opening: Promise<EngineOpening> | undefined;
let instances = 0;

/** Loads it; later calls get the same instance. Never rejects. */
export function openWasmEngine(): Promise<EngineOpening> {
  opening ??= load();
  return opening;
}

/** After a trap the module's memory cannot be trusted: whoever opens it next gets a fresh one. */
export function forgetWasmEngine(): void {
  opening = undefined;
}

async function load(): Promise<EngineOpening> {
  const remedy = 'npm i @tickcast/onnx';
  const folder = PLACES.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(new URL(LOADER, url)));
  if (folder === undefined) return { ok: false, reason: `@tickcast/onnx lacks its ${LOADER}`, remedy };
  try {
    const { href } = new URL(`${LOADER}?instance=${instances++}`, folder);
    const ort = (await import(/* @vite-ignore */ href)) as WasmOrt;
    ort.env.logLevel = QUIET;
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = folder.href;
    const version = ort.env.versions.web ?? 'of unknown version';
    return { ok: true, engine: { name: 'wasm', version, ort, fillsOutputs: false, readsShared: true } };
  } catch (cause) {
    const [line] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    return { ok: false, reason: `the WebAssembly of ONNX Runtime cannot be loaded: ${line}`, remedy };
  }
}
