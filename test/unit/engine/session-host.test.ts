import { expect, test } from 'vitest';
import type { Runtime, SessionSource } from '../../../server/contracts/runtime.js';
import { SessionHost } from '../../../server/engine/session/session-host.js';

const SOURCE: SessionSource = {
  ref: 'twice@1',
  folder: '/models/twice/1',
  file: 'model.json',
  runtime: 'own',
  inputs: [],
  featuriser: undefined,
  options: {},
  files: undefined,
};

function hostThatCannotLoad(): SessionHost {
  const runtime: Runtime = { names: ['own'], openSession: () => ({ ok: false, problem: 'out of memory' }) };
  return new SessionHost(runtime);
}

test('a model that could not be loaded again says why to each batch, until it is unloaded', async () => {
  const host = hostThatCannotLoad();
  await host.load(1, SOURCE);
  const run = () => host.run(1, 1, new ArrayBuffer(8));

  expect(run).toThrow('twice@1 could not be loaded again: out of memory');
  expect(run).toThrow('twice@1 could not be loaded again: out of memory');
  host.unload(1);
  expect(run).toThrow('no model is loaded under handle 1');
});
