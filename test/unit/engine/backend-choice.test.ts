import { describe, expect, it } from 'vitest';
import type { Absence, Backend, BackendOpening } from '../../../server/engine/backend/backend.js';
import { openBackend } from '../../../server/engine/backend/backend.js';
import type { BackendName } from '../../../server/engine/backend/names.js';
import { chooseBackend } from '../../../server/engine/tfjs/backend-choice.js';

const ABSENCE: Omit<Absence, 'name'> = { reason: 'it is not installed', remedy: 'npx tickcast native' };

/** Opens what is installed; replaces the others with a reason. */
function installed(...names: readonly BackendName[]): (name: BackendName) => Promise<BackendOpening> {
  return async (name) => {
    if (!names.includes(name)) return { ok: false, name, ...ABSENCE };
    const opening = await openBackend('cpu');
    if (!opening.ok) throw new Error(opening.reason);
    const { version, tf, layers, converter, activate } = opening.backend;
    const backend: Backend = { name, version, tf, layers, converter, activate };
    return { ok: true, backend, passedOver: [] };
  };
}

async function chosen(choice: 'auto' | BackendName, ...names: readonly BackendName[]): Promise<string> {
  const answer = await chooseBackend('tfjs-layers', choice, installed(...names));
  return answer.ok ? `${answer.backend.name}: ${answer.why}` : answer.problem;
}

describe('the choice of a backend', () => {
  it('is native where it is installed, else wasm, and says what was passed over', async () => {
    expect(await chosen('auto', 'native', 'wasm', 'cpu')).toBe(
      'native: auto: the first installed for this kind of model',
    );
    expect(await chosen('auto', 'wasm', 'cpu')).toBe(
      'wasm: auto: the first installed for this kind of model; no native: it is not installed (npx tickcast native)',
    );
  });

  it('is what was asked for or nothing', async () => {
    expect(await chosen('wasm', 'native', 'wasm', 'cpu')).toBe('wasm: configured');
    expect(await chosen('native', 'wasm', 'cpu')).toBe(
      'the native engine cannot be had: it is not installed; npx tickcast native',
    );
  });
});
