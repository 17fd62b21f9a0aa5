// Opens TensorFlow.js for training: the wasm backend, which is everywhere and gives the same bits on every run. Knows no model.
import { createRequire } from 'node:module';

export type TfCore = typeof import('@tensorflow/tfjs-core');
export type TfLayers = typeof import('@tensorflow/tfjs-layers');

export interface TrainingEngine {
  readonly tf: TfCore;
  readonly layers: TfLayers;
}

export type TrainingEngineOpening =
  | { readonly ok: true; readonly engine: TrainingEngine }
  | { readonly ok: false; readonly reason: string };

// By require(), so that all packages share one tfjs-core.
const require = createRequire(import.meta.url);

export async function openTrainingEngine(): Promise<TrainingEngineOpening> {
  try {
    const tf: TfCore = require('@tensorflow/tfjs-core');
    // Switches tfjs's console banners off and nothing else.
    tf.env().set('PROD', true);
    require('@tensorflow/tfjs-backend-wasm');
    if (!(await tf.setBackend('wasm'))) throw new Error('its WebAssembly module did not start');
    const layers: TfLayers = require('@tensorflow/tfjs-layers');
    return { ok: true, engine: { tf, layers } };
  } catch (error) {
    const [cause] = String(error instanceof Error ? error.message : error).split('\n');
    return { ok: false, reason: `TensorFlow.js on wasm could not be opened (${cause}); run npm ci again` };
  }
}
