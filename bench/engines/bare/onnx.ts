/**
 * ONNX Runtime without the hub: `session.run`. It is the instance that the adapter's build computes on, so that both are
 * the same library with the same settings.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageOf } from '../../../server/app/adapters.js';
import { installedPackages } from '../../../server/app/seams/installed-packages.js';
import type { Runtime } from '../../../server/contracts/runtime.js';
import type { TensorSpec } from '../../../shared/tensor.js';
import type { BareModel, Values } from './bare.js';

export type OrtBuild = 'node' | 'wasm';

/** Of ONNX Runtime, as far as it is used. */
interface Ort {
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => object;
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<OrtSession>;
  };
}
interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, object>>): Promise<Readonly<Record<string, { readonly data: Values }>>>;
}

export type AdapterOpening =
  | { readonly ok: true; readonly runtime: Runtime; readonly ort: Ort }
  | { readonly ok: false; readonly reason: string };

/** The adapter with one of its builds. Rejects when what is installed is no such adapter. */
export async function openAdapter(build: OrtBuild): Promise<AdapterOpening> {
  const finder = installedPackages();
  const name = packageOf('onnx');
  const url = finder.find(name);
  if (url === undefined) return { ok: false, reason: `${name} is not installed` };
  const { runtime } = (await finder.load(url)) as { readonly runtime: Runtime };
  const engines = (await finder.load(new URL(`engine/${build}-engine.js`, url).href)) as Record<
    string,
    () => Promise<{ ok: true; engine: { ort: Ort } } | { ok: false; reason: string }>
  >;
  const opening = await engines[build === 'node' ? 'openNodeEngine' : 'openWasmEngine']?.();
  if (opening === undefined) throw new Error(`${name} has other internals`);
  return opening.ok ? { ok: true, runtime, ort: opening.engine.ort } : opening;
}

/** With the options of the adapter's own sessions. */
export async function bareOnnxModel(ort: Ort, folder: string, input: TensorSpec): Promise<BareModel> {
  const model = new Uint8Array(await readFile(join(folder, 'model.onnx')));
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
  });
  const [from = '', to = ''] = [session.inputNames[0], session.outputNames[0]];
  return {
    at(rows, values) {
      const feeds = { [from]: new ort.Tensor(input.dtype, values, [rows, ...input.shape]) };
      return async () => {
        const results = await session.run(feeds);
        return results[to]?.data ?? [];
      };
    },
  };
}
