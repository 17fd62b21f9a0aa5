/**
 * Loads, runs and unloads one model again and again, in a process of its own: `node load-cycles.mjs RUNTIME FOLDER CYCLES`,
 * with `leak` behind it to keep one tensor a batch. Prints one line of JSON for each tenth of the cycles: resident bytes
 * after a collection, and tensors.
 */

import { pathToFileURL } from 'node:url';

const [, , runtimeName, folder, cyclesText, fault] = process.argv;
const cycles = Number(cyclesText);
const dist = new URL('../../dist/', import.meta.url);
const { batchBytes, viewBatch } = await import(new URL('shared/batch-layout.js', dist));
const { tfjsRuntime } = await import(new URL('server/engine/tfjs/tfjs-runtime.js', dist));
const [kind = '', backend = 'wasm'] = runtimeName.split(':');
const runtime =
  kind === 'module' ? (await import(pathToFileURL(backend))).runtime : tfjsRuntime({ backend, graphCapture: true });
const none = { inputs: [], featuriser: undefined, options: {} };
const source = { ref: 'm@1', folder, file: 'model.json', runtime: kind === 'saved-model' ? kind : undefined, ...none };
const leaked = [];

for (let cycle = 1; cycle <= cycles; cycle++) {
  const reading = runtime.readFiles === undefined ? { ok: true, files: undefined } : await runtime.readFiles(source);
  if (!reading.ok) throw new Error(reading.problem);
  const opening = await runtime.openSession({ ...source, files: reading.files });
  if (!opening.ok) throw new Error(opening.problem);
  const { session } = opening;
  const specs = session.describe();
  for (const rows of [1, 3]) {
    await session.run(viewBatch(specs, rows, new ArrayBuffer(batchBytes(specs, rows, 0))), rows);
    if (fault === 'leak') {
      const tf = await import('@tensorflow/tfjs-core');
      leaked.push(tf.default.tensor(new Float32Array(1000)));
    }
  }
  session.dispose();
  if (cycle % Math.ceil(cycles / 10) === 0) {
    globalThis.gc?.();
    const tensors = runtime.memory?.().numTensors ?? 0;
    console.log(JSON.stringify({ cycle, rss: process.memoryUsage.rss(), tensors }));
  }
}
process.exit(0);
