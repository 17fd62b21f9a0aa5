/** Opens a session on the bytes that the main thread read. Knows the order of the steps; each is in a module of its own. */

import type { SessionOpening, SessionSource } from 'tickcast';
import { chooseEngine } from './engine/choice.js';
import { type Engine, FATAL_ONLY, type InferenceSession } from './engine/engine.js';
import { forgetWasmEngine } from './engine/wasm-engine.js';
import type { OnnxFiles } from './file/onnx-files.js';
import { type HeaderValue, NO_TYPE } from './file/value-info.js';
import { oneLine } from './one-line.js';
import { parseOptions } from './options.js';
import { OnnxSession } from './session/onnx-session.js';
import { isTrap, ortProblem } from './session/ort-problem.js';
import { settleInputs } from './session/settle-inputs.js';
import { settleOutputs } from './session/settle-outputs.js';

export async function openSession(source: SessionSource): Promise<SessionOpening> {
  // From readFiles, in the main thread.
  const files = source.files as OnnxFiles;
  const parsed = parseOptions(source.options);
  if (!parsed.ok) return parsed;
  const { file, header } = files;
  const refuse = (problem: string): SessionOpening => ({ ok: false, problem: oneLine(`${file}: ${problem}`) });
  const inputs = settleInputs(header.inputs, source.inputs, source.constants ?? {}, source.inputsFrom);
  if (!inputs.ok) return refuse(inputs.problem);
  const declared = settleOutputs(header.outputs, parsed.options.outputs);
  if (!declared.ok) return refuse(declared.problem);
  const chosen = await chooseEngine(parsed.options);
  if (!chosen.ok) return chosen;
  const { engine } = chosen;
  let session: InferenceSession;
  try {
    session = await create(engine, files, parsed.options.threads);
  } catch (cause) {
    forgetAfterTrap(engine, cause);
    return refuse(ortProblem(cause, 'load'));
  }
  const outputs = declared.isComplete
    ? declared
    : settleOutputs(completed(header.outputs, session.outputMetadata), parsed.options.outputs);
  if (!outputs.ok) {
    session.release().catch(() => undefined);
    return refuse(outputs.problem);
  }
  const why = [
    chosen.why,
    ...(inputs.inputs.isSingle
      ? ['the batch dimension of the model is fixed at 1, so its rows run one after the other']
      : []),
    ...outputs.leftOut.map((name) => `output "${name}" holds strings and is left out`),
  ];
  const opened = new OnnxSession({
    engine,
    session,
    inputs: inputs.inputs,
    outputs: outputs.outputs,
    why: why.join('; '),
  });
  let problem: string | undefined;
  try {
    problem = await opened.probe();
  } catch (cause) {
    forgetAfterTrap(engine, cause);
    problem = ortProblem(cause, 'run');
  }
  if (problem === undefined) return { ok: true, session: opened };
  opened.dispose();
  return refuse(problem);
}

function create(engine: Engine, { model, external }: OnnxFiles, threads: number): Promise<InferenceSession> {
  const bytes = (shared: SharedArrayBuffer): Uint8Array =>
    engine.readsShared ? new Uint8Array(shared) : new Uint8Array(shared).slice();
  return engine.ort.InferenceSession.create(bytes(model), {
    // One core a thread of the hub, unless the manifest says otherwise: several would take turns on the same cores.
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: FATAL_ONLY,
    ...(external.length === 0 ? {} : { externalData: external.map(({ path, data }) => ({ path, data: bytes(data) })) }),
  });
}

/** Files may leave out the type of an output: ONNX Runtime derives it. */
function completed(
  outputs: readonly HeaderValue[],
  derived: InferenceSession['outputMetadata'],
): readonly HeaderValue[] {
  return outputs.map((value) => {
    const found = derived.find(({ name }) => name === value.name);
    if (value.kind !== NO_TYPE || found === undefined) return value;
    return found.isTensor ? { ...value, kind: 'tensor', type: found.type } : { ...value, kind: 'sequence' };
  });
}

/** So that the next model gets a fresh module. */
function forgetAfterTrap({ name }: Engine, cause: unknown): void {
  if (name === 'wasm' && isTrap(cause)) forgetWasmEngine();
}
