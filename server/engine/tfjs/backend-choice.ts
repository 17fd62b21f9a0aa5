/**
 * Chooses the backend of a TensorFlow.js model from a table, so that the same machine and model always get the same
 * one.
 */

import type { Absence, Backend, BackendOpening } from '../backend/backend.js';
import type { BackendChoice, BackendName } from '../backend/names.js';
import { SAVED_MODEL_RUNTIME } from './model-files.js';
import type { AnyRuntime } from './tfjs-files.js';

/**
 * `auto` takes the first that is installed. For an MLP of 128-256-256-3, native is faster at every batch size, as a
 * captured graph; where a model cannot be captured, wasm is faster below some 50 rows per batch, and native serves more
 * when it matters, under load. cpu is far behind both.
 */
const PREFERENCE: Readonly<Record<AnyRuntime, readonly BackendName[]>> = {
  'tfjs-layers': ['native', 'wasm', 'cpu'],
  'tfjs-graph': ['native', 'wasm', 'cpu'],
  // Whatever is asked for: nothing else reads it.
  'saved-model': ['native'],
};

/** Those after this one, in the order in which they are tried when it refuses a model. */
export function nextBackends(name: BackendName, runtime: AnyRuntime): readonly BackendName[] {
  const names = PREFERENCE[runtime];
  return names.slice(names.indexOf(name) + 1);
}

export type BackendChosen =
  | { readonly ok: true; readonly backend: Backend; readonly why: string }
  | { readonly ok: false; readonly problem: string };

/** Opens the backend that the table gives for this runtime, or the one requested. */
export async function chooseBackend(
  runtime: AnyRuntime,
  choice: BackendChoice,
  open: (name: BackendName) => Promise<BackendOpening>,
): Promise<BackendChosen> {
  const absent: Absence[] = [];
  const names = choice === 'auto' || runtime === SAVED_MODEL_RUNTIME ? PREFERENCE[runtime] : [choice];
  for (const name of names) {
    const opening = await open(name);
    if (opening.ok) {
      const passed = absent.map((absence) => `no ${absence.name}: ${absence.reason} (${absence.remedy})`);
      const first = ['auto: the first installed for this kind of model', ...passed].join('; ');
      const why =
        runtime === SAVED_MODEL_RUNTIME
          ? 'a SavedModel runs on native alone'
          : choice === 'auto'
            ? first
            : 'configured';
      return { ok: true, backend: opening.backend, why };
    }
    absent.push(opening);
  }
  const problem = absent
    .map(({ name, reason, remedy }) => `the ${name} engine cannot be had: ${reason}; ${remedy}`)
    .join('. ');
  return { ok: false, problem };
}
