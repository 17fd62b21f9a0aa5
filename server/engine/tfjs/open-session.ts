/**
 * Opens a TensorFlow.js model on the backend that suits it: the one asked for, or of those that agree the one that is
 * quickest; when one refuses it, the next. Knows backends and sessions; knows no batches.
 */

import type { SessionOpening, SessionSource } from '../../contracts/runtime.js';
import type { Backend } from '../backend/backend.js';
import type { Backends } from '../backend/backends.js';
import { type BackendName, isBackendChoice } from '../backend/names.js';
import { TextInput } from '../session/text-input.js';
import { chooseBackend, nextBackends } from './backend-choice.js';
import { GraphCache, graphKey } from './capture/graph-cache.js';
import { withConstants } from './constant-inputs.js';
import { constantHint, settleInputs } from './input-check.js';
import { type ModelFiles, SAVED_MODEL_RUNTIME } from './model-files.js';
import { withSavedFiles } from './saved-model/files.js';
import { openSavedModel } from './saved-model/saved-model.js';
import { readSignature, SAVED_MODEL_FILE } from './saved-model/signature.js';
import { compareSessions, isQuicker, type SessionTrial, trySession } from './session-trial.js';
import type { AnyModelFiles, SavedModelFiles } from './tfjs-files.js';
import { openingProblem, openTfjsModel, type TfjsModel } from './tfjs-model.js';
import { TfjsSession } from './tfjs-session.js';
import type { TfjsSettings } from './tfjs-settings.js';

type Opened =
  | { readonly ok: true; readonly session: TfjsSession }
  /** `isFinal`: no other backend would take it either. */
  | { readonly ok: false; readonly problem: string; readonly isFinal: boolean };

const ENGINE = 'tfjs-';

/** Opens a session. A manifest's `options.engine` goes before the hub's. */
export async function openTfjsSession(
  source: SessionSource,
  backends: Backends,
  settings: TfjsSettings,
): Promise<SessionOpening> {
  // From readFiles, in the main thread.
  const files = source.files as AnyModelFiles;
  const asked = source.options.engine ?? settings.backend;
  const settled = source.engine?.startsWith(ENGINE) ? source.engine.slice(ENGINE.length) : asked;
  if (!isBackendChoice(settled))
    return { ok: false, problem: 'manifest.json: options.engine must be "auto", "native", "wasm" or "cpu"' };
  const known = files.runtime === SAVED_MODEL_RUNTIME ? ['engine', 'signature'] : ['engine'];
  const stray = Object.keys(source.options).find((name) => !known.includes(name));
  if (stray !== undefined) {
    const takes = known.map((name) => `"${name}"`).join(' and ');
    return { ok: false, problem: `manifest.json: options.${stray} is not known; ${files.runtime} takes ${takes}` };
  }
  const opener = new Opener(source, files, backends, settings);
  const chosen = await chooseBackend(files.runtime, settled, (name) => backends.open(name));
  if (!chosen.ok) return chosen;
  const { backend } = chosen;
  const why = source.engine === undefined ? chosen.why : 'the engine of the first thread';
  const first = await opener.open(backend, why);
  if (!first.ok) return first.isFinal ? first : opener.openOther(backend, first.problem, why);
  return settled === 'auto' ? opener.choose(backend.name, first.session) : first;
}

class Opener {
  readonly #source: SessionSource;
  readonly #files: AnyModelFiles;
  readonly #backends: Backends;
  readonly #settings: TfjsSettings;

  constructor(source: SessionSource, files: AnyModelFiles, backends: Backends, settings: TfjsSettings) {
    this.#source = source;
    this.#files = files;
    this.#backends = backends;
    this.#settings = settings;
  }

  /** Opens the model on this backend. */
  async open(backend: Backend, why: string): Promise<Opened> {
    try {
      return await this.#open(backend, why);
    } catch (cause) {
      // Of TensorFlow.js: our own refusals are values.
      return { ok: false, problem: openingProblem(cause, this.#files.runtime), isFinal: false };
    }
  }

  /** The first backend after one that refused the model which takes it. */
  async openOther(refused: Backend, problem: string, why: string): Promise<SessionOpening> {
    const problems = new Map([[problem, [refused.name]]]);
    for (const name of nextBackends(refused.name, this.#files.runtime)) {
      const opening = await this.#backends.open(name);
      if (!opening.ok) continue;
      const said = [...problems].map(([line, names]) => `${names.join(' and ')} refused it (${line})`).join(', ');
      const opened = await this.open(opening.backend, `${why}; ${said}`);
      if (opened.ok) return opened;
      problems.set(opened.problem, [...(problems.get(opened.problem) ?? []), name]);
    }
    // What all say alike is about the model.
    const lines = [...problems].map(([line, names]) => `on ${names.join(' and ')}: ${line}`);
    const told = problems.size === 1 ? problem : `no engine takes it; ${lines.join('; ')}`;
    return { ok: false, problem: `${told}${scalarHint(this.#source.inputs)}` };
  }

  /** Of this session and those of other backends that agree with it, the quickest; the first unless it is clearly slower. */
  async choose(name: BackendName, first: TfjsSession): Promise<SessionOpening> {
    const [next, arbiter] = nextBackends(name, this.#files.runtime);
    const own = await trySession(first);
    if (own.problem !== undefined || next === undefined) return { ok: true, session: first };
    const other = await this.#contender(next, own);
    if (typeof other === 'string') {
      first.explain(other);
      return { ok: true, session: first };
    }
    const { session: second, trial } = other;
    const difference = compareSessions(own, trial);
    const [kept, left, why] =
      difference === undefined
        ? isQuicker(trial, own)
          ? [second, first, `quicker than ${name}: ${timesOf(next, trial)}, ${timesOf(name, own)}`]
          : [first, second, `measured: ${timesOf(name, own)}, ${timesOf(next, trial)}`]
        : (await this.#agrees(arbiter, own, trial))
          ? [first, second, `${next} answers otherwise (${difference}), and ${arbiter} as ${name} does`]
          : (await this.#agrees(arbiter, trial, own))
            ? [second, first, `${name} answers otherwise (${difference}), and ${arbiter} as ${next} does`]
            : [first, second, `${next} answers otherwise (${difference}), and nothing tells which is right`];
    left.dispose();
    kept.explain(why);
    return { ok: true, session: kept };
  }

  /** A session on another backend and its trial; a text says why there is none. */
  async #contender(
    name: BackendName,
    own: SessionTrial,
  ): Promise<{ readonly session: TfjsSession; readonly trial: SessionTrial } | string> {
    if (!own.isQuick) return `not compared with ${name}, since a row takes ${Math.round(own.rowMs)} ms`;
    const opening = await this.#backends.open(name);
    if (!opening.ok) return `not compared with ${name}: ${opening.reason}`;
    const opened = await this.open(opening.backend, 'auto');
    if (!opened.ok) return `not compared with ${name}, which refused it (${opened.problem})`;
    const trial = await trySession(opened.session);
    if (trial.problem === undefined) return { session: opened.session, trial };
    opened.session.dispose();
    return `not compared with ${name}, which failed: ${trial.problem}`;
  }

  /** Whether a third backend answers as the first trial does, and not as the second. */
  async #agrees(name: BackendName | undefined, one: SessionTrial, two: SessionTrial): Promise<boolean> {
    if (name === undefined) return false;
    const other = await this.#contender(name, one);
    if (typeof other === 'string') return false;
    other.session.dispose();
    return compareSessions(one, other.trial) === undefined && compareSessions(two, other.trial) !== undefined;
  }

  async #open(backend: Backend, why: string): Promise<Opened> {
    await this.#backends.activate(backend);
    const { featuriser: config, inputs, constants = {}, inputsFrom = 'manifest.json' } = this.#source;
    const files = this.#files;
    const { runtime } = files;
    const whole =
      files.runtime === SAVED_MODEL_RUNTIME
        ? await this.#openSaved(files, backend)
        : await openTfjsModel(files, backend, config?.name === 'hashed-text-encoder');
    let opened: { dispose(): void } | undefined = whole;
    try {
      const text = whole.featuriser && new TextInput(whole.featuriser);
      const settled = text
        ? settleInputs(whole.inputs, { inputs: text.featuriser.tensors, constants, giver: 'the featuriser' })
        : settleInputs(whole.inputs, { inputs, constants, giver: inputsFrom });
      if (!settled.ok) return { ...settled, isFinal: true };
      const { batch } = settled;
      const given = settled.plans.map((plan) => (plan.from === 'manifest' ? plan : undefined));
      const model = withConstants(backend.tf, whole, given);
      opened = model;
      const plans = settled.plans.filter((plan) => plan.from !== 'manifest');
      const backends = this.#backends;
      const session = new TfjsSession({ model, backends, backend, why, runtime, plans, batch, text });
      const problem = await session.probe();
      if (problem !== undefined) return { ok: false, problem, isFinal: false };
      const { graphCapture, graphCache } = this.#settings;
      if (graphCapture && backend.name === 'native' && files.runtime !== SAVED_MODEL_RUNTIME)
        await session.capture(
          graphCache === undefined
            ? undefined
            : { graphs: new GraphCache(graphCache), key: this.#graphKey(files, backend) },
        );
      opened = undefined;
      return { ok: true, session };
    } finally {
      opened?.dispose();
    }
  }

  /** All that a graph is made of. */
  #graphKey({ modelJson, weights }: ModelFiles, { version }: Backend): string {
    const { featuriser, inputs, constants } = this.#source;
    const given = JSON.stringify({ library: version, featuriser, inputs, constants });
    // A copy: hashes take no shared memory.
    return graphKey([given, modelJson, new Uint8Array(weights).slice()]);
  }

  async #openSaved({ files }: SavedModelFiles, backend: Backend): Promise<TfjsModel> {
    const { folder, options } = this.#source;
    const { signature: wanted } = options;
    if (wanted !== undefined && typeof wanted !== 'string')
      throw new Error('manifest.json: options.signature must be the name of a signature');
    const graph = files.find(({ path }) => path === SAVED_MODEL_FILE);
    const reading = readSignature(new Uint8Array(graph?.bytes ?? new ArrayBuffer()), wanted);
    if (!reading.ok) throw new Error(reading.problem);
    return withSavedFiles(files, folder, (at) => openSavedModel(at, reading.signature, backend));
  }
}

/** A declared scalar has one value a row, which is not what the rate of a dropout is. */
function scalarHint(inputs: SessionSource['inputs']): string {
  const scalar = inputs.find(({ shape }) => shape.length === 0);
  return scalar === undefined ? '' : constantHint(scalar.name, { ...scalar, shape: undefined });
}

function timesOf(name: string, { rowMs, manyMs }: SessionTrial): string {
  return `${name} ${rowMs.toPrecision(2)} ms a row and ${manyMs.toPrecision(2)} ms for 32`;
}
