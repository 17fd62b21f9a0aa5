/** Opens a cell's model twice: as a session, as the hub's threads do, and on the bare runtime. Knows no clock. */

import { realpath } from 'node:fs/promises';
import type { ModelSession, Runtime, SessionDescription } from '../../server/contracts/runtime.js';
import type { Backend } from '../../server/engine/backend/backend.js';
import { Backends } from '../../server/engine/backend/backends.js';
import type { BackendName } from '../../server/engine/backend/names.js';
import { Runtimes } from '../../server/engine/session/runtimes.js';
import { tfjsRuntime } from '../../server/engine/tfjs/tfjs-runtime.js';
import type { TensorSpec } from '../../shared/tensor.js';
import type { BareModel } from './bare/bare.js';
import { bareOnnxModel, openAdapter } from './bare/onnx.js';
import { bareLayersModel, bareSavedModel } from './bare/tfjs.js';
import { type Cell, cellText, type EngineName, formatOf } from './cells.js';
import { FILES, folderOf } from './models/write-models.js';

export type SubjectOpening =
  | {
      readonly ok: true;
      readonly session: ModelSession;
      readonly specs: SessionDescription;
      readonly input: TensorSpec;
      readonly bare: BareModel;
    }
  /** The machine lacks the engine. */
  | { readonly ok: false; readonly reason: string };

/** The runtime with the settings of an engine, and its bare counterpart. */
type EngineOpening =
  | {
      readonly ok: true;
      readonly runtime: Runtime;
      /** Of a manifest. */
      readonly settings: { readonly runtime: string | undefined; readonly options: Readonly<Record<string, unknown>> };
      readonly bare: (folder: string, input: TensorSpec) => Promise<BareModel>;
    }
  | { readonly ok: false; readonly reason: string };

/** Rejects when the engine is there and does not take the model. */
export async function openSubject(cell: Cell, root: string): Promise<SubjectOpening> {
  const { model, engine } = cell;
  const opening = await openEngine(engine);
  if (!opening.ok) return opening;
  const format = formatOf(engine);
  const folder = await realpath(folderOf(root, format, model));
  const source = { ref: `${model}@1`, folder, file: FILES[format], inputs: [], featuriser: undefined };
  const reading = await new Runtimes(opening.runtime).read({ ...source, ...opening.settings });
  if (!reading.ok) throw new Error(`${cellText(cell)}: ${reading.problem}`);
  const opened = await opening.runtime.openSession(reading.source);
  if (!opened.ok) throw new Error(`${cellText(cell)}: ${opened.problem}`);
  const { session } = opened;
  const specs = session.describe();
  const [input] = specs.inputs;
  if (input === undefined || input.dtype === 'string') throw new Error(`${cellText(cell)} takes no numbers`);
  return { ok: true, session, specs, input, bare: await opening.bare(folder, input) };
}

function openEngine(engine: EngineName): Promise<EngineOpening> {
  switch (engine) {
    case 'tfjs-native':
      return openTfjs('native', false, bareLayersModel);
    case 'tfjs-captured':
      return openTfjs('native', true, bareLayersModel);
    case 'tfjs-wasm':
      return openTfjs('wasm', true, bareLayersModel);
    case 'tfjs-cpu':
      return openTfjs('cpu', true, bareLayersModel);
    case 'saved-model':
      return openTfjs('native', true, bareSavedModel, 'saved-model');
    case 'onnx-node':
      return openOnnx('node');
    case 'onnx-wasm':
      return openOnnx('wasm');
  }
}

async function openTfjs(
  name: BackendName,
  graphCapture: boolean,
  bare: (backend: Backend, folder: string, input: TensorSpec) => Promise<BareModel>,
  runtime?: string,
): Promise<EngineOpening> {
  const backends = new Backends();
  const opening = await backends.open(name);
  if (!opening.ok) return opening;
  return {
    ok: true,
    runtime: tfjsRuntime({ backend: name, graphCapture }, backends),
    settings: { runtime, options: {} },
    bare: (folder, input) => bare(opening.backend, folder, input),
  };
}

async function openOnnx(build: 'node' | 'wasm'): Promise<EngineOpening> {
  const opening = await openAdapter(build);
  if (!opening.ok) return opening;
  const { runtime, ort } = opening;
  return {
    ok: true,
    runtime,
    settings: { runtime: 'onnx', options: { engine: build } },
    bare: (folder, input) => bareOnnxModel(ort, folder, input),
  };
}
