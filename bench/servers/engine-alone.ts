/**
 * Entry of the process that runs the hub's engine without a hub: the model in an engine thread, batches of given sizes
 * one after the other. Knows the engine's interface; prints its figures as one line of JSON on stdout.
 */

import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { systemClock } from '../../server/app/system-clock.js';
import type { EngineModel } from '../../server/contracts/engine.js';
import { WorkerEngine } from '../../server/engine/worker-engine.js';
import { batchBytes, viewBatch } from '../../shared/batch-layout.js';
import { LatencyHistogram } from '../harness/latency-histogram.js';
import type { EngineFigures, EnginePlan } from './engine-figures.js';
import { buildInputs } from './mlp.js';
import { MODEL_REF } from './mlp-files.js';

/** Until the engine's JavaScript is compiled, in milliseconds; then a moment per batch size. */
const FIRST_WARM_UP_MS = 4000;
const WARM_UP_MS = 300;
const HANG_MS = 10_000;

// The bench created the argument from a value of this type.
const { engine: backend, model: folder, batches, seconds } = JSON.parse(argv[2] ?? '') as EnginePlan;

const engine = new WorkerEngine({ clock: systemClock, backend });
const started = await engine.start();
if (!started.ok) throw new Error(started.problem);
const loading = await engine.load({
  ref: MODEL_REF,
  folder: await realpath(join(folder, '1')),
  file: 'model.json',
  runtime: undefined,
  inputs: [],
  featuriser: undefined,
  options: {},
});
if (!loading.ok) throw new Error(loading.problem);

const figures: EngineFigures[] = [];
await runFor(loading.engineModel, batches[0] ?? 1, FIRST_WARM_UP_MS);
for (const rows of batches) {
  await runFor(loading.engineModel, rows, WARM_UP_MS);
  figures.push(await runFor(loading.engineModel, rows, seconds * 1000));
}
stdout.write(`${JSON.stringify(figures)}\n`);
await engine.close();

async function runFor(model: EngineModel, rows: number, ms: number): Promise<EngineFigures> {
  let buffer = new ArrayBuffer(batchBytes(model, rows, 0));
  const values = viewBatch(model, rows, buffer).inputs[0];
  const inputs = buildInputs().flat();
  values?.forEach((_, at) => {
    values[at] = inputs[at % inputs.length] ?? 0;
  });
  const batchNs = new LatencyHistogram();
  const cpuAtStart = process.cpuUsage();
  const startedAt = performance.now();
  let now = startedAt;
  for (const end = startedAt + ms; now < end; ) {
    const outcome = await engine.run(model, { rows, buffer, hangMs: HANG_MS });
    if (outcome.status !== 'done') throw new Error(outcome.reason);
    buffer = outcome.buffer;
    const before = now;
    now = performance.now();
    batchNs.record((now - before) * 1e6);
  }
  const { user, system } = process.cpuUsage(cpuAtStart);
  return {
    rows,
    p50BatchUs: batchNs.percentile(0.5) / 1000,
    meanBatchUs: ((now - startedAt) * 1000) / batchNs.total,
    cpuUsPerRow: (user + system) / (batchNs.total * rows),
  };
}
