import { expect, test } from 'vitest';
import { chooseEngine, type Engines } from '../src/engine/choice.js';
import type { Engine } from '../src/engine/engine.js';

const engine = (name: Engine['name']) => ({ ok: true, engine: { name, version: '9.9.9' } as Engine }) as const;
const missing = { ok: false, reason: 'onnxruntime-node is not installed', remedy: 'npm i onnxruntime-node' } as const;
const BOTH: Engines = { node: async () => engine('node'), wasm: async () => engine('wasm') };
const WASM: Engines = { ...BOTH, node: async () => missing };
const NONE: Engines = { ...WASM, wasm: async () => ({ ok: false, reason: 'it lacks a file', remedy: 'npm i it' }) };

test.each([
  ['auto', 1, BOTH, 'node', 'onnxruntime-node 9.9.9: it is installed; one thread'],
  ['node', 4, BOTH, 'node', 'onnxruntime-node 9.9.9: manifest.json says so; 4 threads'],
  ['wasm', 1, BOTH, 'wasm', 'WebAssembly of ONNX Runtime 9.9.9: manifest.json says so'],
  [
    'auto',
    1,
    WASM,
    'wasm',
    'WebAssembly of ONNX Runtime 9.9.9: onnxruntime-node is not installed; npm i onnxruntime-node',
  ],
  ['auto', 4, WASM, 'wasm', 'npm i onnxruntime-node; one thread, not 4'],
] as const)('%s with %s threads: %#', async (wanted, threads, engines, name, why) => {
  expect(await chooseEngine({ engine: wanted, threads, outputs: undefined }, engines)).toMatchObject({
    ok: true,
    engine: { name },
    why: expect.stringContaining(why),
  });
});

test.each([
  ['node', WASM, 'options.engine is "node", but onnxruntime-node is not installed; to do: npm i onnxruntime-node'],
  [
    'auto',
    NONE,
    'onnxruntime-node is not installed (to do: npm i onnxruntime-node), and it lacks a file; to do: npm i it',
  ],
  ['wasm', NONE, 'it lacks a file; to do: npm i it'],
] as const)('%s that cannot be had is told with what to do', async (wanted, engines, problem) => {
  expect(await chooseEngine({ engine: wanted, threads: 1, outputs: undefined }, engines)).toEqual({
    ok: false,
    problem,
  });
});
