/**
 * Opens a TensorFlow.js backend in this thread: native, wasm or cpu. Knows packages and how they load; knows no models,
 * batches or messages.
 */

import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { firstLine } from '../../../shared/words/message-of.js';
import { type BackendChoice, type BackendName, backendNames } from './names.js';
import { prepareNativeEnvironment, restoreUtil } from './native-shim.js';
import { mendWasmKernels } from './wasm-kernels.js';

export type TfCore = typeof import('@tensorflow/tfjs-core');
export type TfLayers = typeof import('@tensorflow/tfjs-layers');
export type TfConverter = typeof import('@tensorflow/tfjs-converter');
type TfWasm = typeof import('@tensorflow/tfjs-backend-wasm');
type TfCpu = typeof import('@tensorflow/tfjs-backend-cpu');

export interface Backend {
  readonly name: BackendName;
  /** For people: the package's version and, for native, the version of the TensorFlow library. */
  readonly version: string;
  readonly tf: TfCore;
  /** Loaded on first use: graph models do not need it. */
  readonly layers: TfLayers;
  /** Loaded on first use: layers models do not need it. */
  readonly converter: TfConverter;
  /**
   * Makes this backend the active one of this thread; opening it did that already. Tensors stay on the backend that
   * created them.
   */
  activate(): Promise<void>;
}

export interface Absence {
  readonly name: BackendName;
  readonly reason: string;
  readonly remedy: string;
}

export type BackendOpening =
  | { readonly ok: true; readonly backend: Backend; readonly passedOver: readonly Absence[] }
  | ({ readonly ok: false } & Absence);

// Everything is loaded by require(): tfjs-node is CommonJS, and an imported tfjs-core beside a required one would be a
// second engine.
const require = createRequire(import.meta.url);

/**
 * `auto` takes the first that loads. Opening a second backend in the same thread works; the last one opened is active.
 */
export async function openBackend(choice: BackendChoice): Promise<BackendOpening> {
  if (choice !== 'auto') return open(choice);
  const passedOver: Absence[] = [];
  for (const name of backendNames) {
    const opening = await open(name);
    if (opening.ok) return { ...opening, passedOver };
    passedOver.push(opening);
  }
  const reason = passedOver.map((absence) => `${absence.name}: ${absence.reason}`).join('; ');
  return { ok: false, name: 'wasm', reason, remedy: 'run npm ci again' };
}

function open(name: BackendName): Promise<BackendOpening> {
  switch (name) {
    case 'native':
      return openNative();
    case 'wasm':
      return openWasm();
    case 'cpu':
      return openCpu();
  }
}

async function openNative(): Promise<BackendOpening> {
  if (isMainThread) prepareNativeEnvironment();
  restoreUtil();
  try {
    const tf = loadCore();
    const node: { version: Record<string, string> } = require('@tensorflow/tfjs-node');
    const union: TfCore = require('@tensorflow/tfjs');
    if (union.engine() !== tf.engine()) {
      const reason = '@tensorflow/tfjs-node came with a @tensorflow/tfjs-core of its own, so its tensors are not ours';
      return { ok: false, name: 'native', reason, remedy: 'install it at the version that package.json names: npm ci' };
    }
    await tf.setBackend('tensorflow');
    const library = tensorFlowVersion(tf.backend());
    const version = `${node.version['tfjs-node'] ?? 'unknown'}${library === undefined ? '' : ` (TensorFlow ${library})`}`;
    return { ok: true, backend: describe('native', 'tensorflow', version, tf), passedOver: [] };
  } catch (error) {
    return { ok: false, name: 'native', ...explainNativeFailure(error) };
  }
}

async function openWasm(): Promise<BackendOpening> {
  try {
    const tf = loadCore();
    // Registered too, so that a model whose kernels wasm lacks can fall back to openBackend('cpu').
    require('@tensorflow/tfjs-backend-cpu');
    const wasm: TfWasm = require('@tensorflow/tfjs-backend-wasm');
    // No setWasmPaths(): in Node the .wasm file is read from beside this module, and a second call would throw. No
    // threads either: tfjs has none in Node.
    if (!(await withoutProcessListeners(() => tf.setBackend('wasm'))))
      throw new Error('its WebAssembly module did not start');
    mendWasmKernels(tf);
    return { ok: true, backend: describe('wasm', 'wasm', wasm.version_wasm, tf), passedOver: [] };
  } catch (error) {
    return { ok: false, name: 'wasm', reason: firstLine(error), remedy: 'run npm ci again' };
  }
}

async function openCpu(): Promise<BackendOpening> {
  try {
    const tf = loadCore();
    const cpu: TfCpu = require('@tensorflow/tfjs-backend-cpu');
    if (!(await tf.setBackend('cpu'))) throw new Error('it did not start');
    return { ok: true, backend: describe('cpu', 'cpu', cpu.version_cpu, tf), passedOver: [] };
  } catch (error) {
    return { ok: false, name: 'cpu', reason: firstLine(error), remedy: 'run npm ci again' };
  }
}

/**
 * The WebAssembly module installs handlers on `process` that rethrow uncaught errors, which hides their path to the
 * worker's `error` event. This removes them.
 */
async function withoutProcessListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = new Set(events.flatMap((event) => process.rawListeners(event)));
  const result = await start();
  for (const event of events) {
    for (const listener of process.rawListeners(event)) {
      // rawListeners() types its functions loosely; these came from process itself.
      if (!before.has(listener)) process.removeListener(event, listener as (...args: unknown[]) => void);
    }
  }
  return result;
}

function loadCore(): TfCore {
  const tf: TfCore = require('@tensorflow/tfjs-core');
  // Production mode only disables tfjs's console banners: stdout and stderr belong to the logger.
  tf.env().set('PROD', true);
  return tf;
}

function describe(name: BackendName, registered: string, version: string, tf: TfCore): Backend {
  return {
    name,
    version,
    tf,
    get layers(): TfLayers {
      return require('@tensorflow/tfjs-layers');
    },
    get converter(): TfConverter {
      return require('@tensorflow/tfjs-converter');
    },
    async activate() {
      if (tf.getBackend() !== registered) await tf.setBackend(registered);
    },
  };
}

/**
 * The binding is internal to tfjs-node and missing from its types, which cannot be imported where the package is
 * absent.
 */
function tensorFlowVersion(backend: object): string | undefined {
  if (!('binding' in backend) || typeof backend.binding !== 'object' || backend.binding === null) return undefined;
  return 'TF_Version' in backend.binding ? String(backend.binding.TF_Version) : undefined;
}

/** Explains why @tensorflow/tfjs-node did not load, from the error of require(). */
export function explainNativeFailure(error: unknown): { readonly reason: string; readonly remedy: string } {
  const text = firstLine(error);
  const remedy = 'npx tickcast native';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'MODULE_NOT_FOUND')
    return { reason: 'the package @tensorflow/tfjs-node is not installed (or not all of it)', remedy };
  if (text.includes('native addon module')) {
    return {
      reason: '@tensorflow/tfjs-node is installed without its native library (its download was skipped or failed)',
      remedy,
    };
  }
  if (code === 'ERR_DLOPEN_FAILED')
    return { reason: `the native library of @tensorflow/tfjs-node does not load: ${text}`, remedy };
  return { reason: `@tensorflow/tfjs-node does not start: ${text}`, remedy };
}
