/**
 * The child process of backend-probe.ts: opens one backend, predicts once, and prints the result as one line of JSON on
 * stdout.
 */

import { argv, stdout } from 'node:process';
import { openBackend } from './backend.js';
import type { BackendProbe } from './backend-probe.js';
import { type BackendName, backendNames } from './names.js';

const name = backendNames.find((known) => known === argv[2]);
if (name === undefined) throw new Error(`expected one of ${backendNames.join(', ')}, got ${argv[2]}`);
stdout.write(`${JSON.stringify(await probe(name))}\n`);

async function probe(name: BackendName): Promise<BackendProbe> {
  const started = performance.now();
  const opening = await openBackend(name);
  if (!opening.ok) return { name, available: false, reason: opening.reason, remedy: opening.remedy };
  const { tf, layers, version } = opening.backend;
  const model = layers.sequential({
    layers: [layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })],
  });
  const output = model.predict(tf.tensor2d([[1, 2]]));
  const sum = Array.isArray(output) ? Number.NaN : output.dataSync()[0];
  if (sum !== 3) return { name, available: false, reason: `1 + 2 came out as ${sum}`, remedy: 'install it again' };
  return { name, available: true, version, startMs: Math.round(performance.now() - started) };
}
