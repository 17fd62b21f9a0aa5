/** Chooses the build of ONNX Runtime for a model, and says why. */

import type { OnnxOptions } from '../options.js';
import type { Engine, EngineOpening } from './engine.js';
import { openNodeEngine } from './node-engine.js';
import { openWasmEngine } from './wasm-engine.js';

/** How the two are opened; replaceable in tests. */
export interface Engines {
  node(): Promise<EngineOpening>;
  wasm(): Promise<EngineOpening>;
}

const ENGINES: Engines = { node: openNodeEngine, wasm: openWasmEngine };

export type EngineChosen =
  | { readonly ok: true; readonly engine: Engine; readonly why: string }
  | { readonly ok: false; readonly problem: string };

export async function chooseEngine({ engine: wanted, threads }: OnnxOptions, engines = ENGINES): Promise<EngineChosen> {
  if (wanted !== 'wasm') {
    const node = await engines.node();
    if (node.ok) {
      const said = wanted === 'node' ? 'manifest.json says so' : 'it is installed';
      const { engine } = node;
      return { ok: true, engine, why: `onnxruntime-node ${engine.version}: ${said}; ${threadsText(threads)}` };
    }
    if (wanted === 'node')
      return { ok: false, problem: `options.engine is "node", but ${node.reason}; to do: ${node.remedy}` };
    const wasm = await openWasm(engines);
    if (!wasm.ok) return { ok: false, problem: `${node.reason} (to do: ${node.remedy}), and ${wasm.problem}` };
    const single = threads > 1 ? `; one thread, not ${threads}` : '';
    const { engine } = wasm;
    return { ...wasm, why: `WebAssembly of ONNX Runtime ${engine.version}: ${node.reason}; ${node.remedy}${single}` };
  }
  const wasm = await openWasm(engines);
  if (!wasm.ok) return wasm;
  return { ...wasm, why: `WebAssembly of ONNX Runtime ${wasm.engine.version}: manifest.json says so` };
}

async function openWasm(
  engines: Engines,
): Promise<{ readonly ok: true; readonly engine: Engine } | { readonly ok: false; readonly problem: string }> {
  const wasm = await engines.wasm();
  return wasm.ok ? wasm : { ok: false, problem: `${wasm.reason}; to do: ${wasm.remedy}` };
}

function threadsText(threads: number): string {
  return threads === 1 ? 'one thread' : `${threads} threads`;
}
