/**
 * The hub's models: loads, checks and warms them up, publishes them, and resolves references. Knows no file formats and
 * no threads.
 */

import { type WireError, wireError } from '../../shared/errors.js';
import { modelNameOf } from '../../shared/parse.js';
import type { Clock } from '../contracts/clock.js';
import type { EngineModel } from '../contracts/engine.js';
import type { ModelDirectory, ModelSpec, ReadyModel } from '../contracts/model.js';
import type { LoadReport, ModelLoader } from '../contracts/model-loader.js';
import { countProblem, scoreProblem } from './labelling.js';
import { MANIFEST_FILE } from './manifest.js';
import { METADATA_FILE } from './metadata.js';
import { paddingChanges, paddingProblem } from './padding-check.js';
import type { BrokenFolder, ModelFolder } from './repository.js';
import { engineModelAt, sized, TRIAL_SIZES } from './sized-models.js';
import type { TrialRun } from './trial.js';
import { type WarmedUp, warmUpModel } from './warm-up.js';

/** Options of a {@link ModelRegistry}. */
export interface ModelRegistryOptions {
  readonly engine: ModelLoader;
  readonly clock: Clock;
  /** `name` or `name@version` that answers requests without a model. @default the bare model, else the only one */
  readonly defaultModel?: string | undefined;
  /** Maximum length of a text, in UTF-16 units, and upper bound for the manifest's own. */
  readonly maxTextLength: number;
  /** Target duration of a batch, in milliseconds: the warm-up of a slow model runs no more. @default 50 */
  readonly maxBatchMs?: number;
}

/** The state of one model version. */
export interface ModelStatus {
  readonly name: string;
  readonly version: string;
  readonly ref: string;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly description: string | undefined;
  /** With state `ready`. */
  readonly model: ReadyModel | undefined;
  readonly report: LoadReport | undefined;
  /** With state `failed`. */
  readonly problem: string | undefined;
}

/** The result of {@link ModelRegistry.load}; `problem` is one line. */
export type ModelLoaded =
  | {
      readonly ok: true;
      readonly model: ReadyModel;
      readonly report: LoadReport;
      /** Warnings for the operator, one line each. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

interface Entry {
  readonly bare: boolean;
  readonly status: ModelStatus;
}

type Known = Pick<ModelFolder, 'name' | 'version' | 'ref' | 'bare'> & { readonly manifest?: ModelFolder['manifest'] };

/** The default's key in the table of answers. No model reference is empty. */
const DEFAULT = '';
const RETRY_LOADING_MS = 1000;

/** The models of a hub, by name and version. */
export class ModelRegistry implements ModelDirectory {
  readonly #options: ModelRegistryOptions;
  /** By `name@version`. */
  readonly #entries = new Map<string, Entry>();
  /** The answer for every known reference; rebuilt when a model changes. */
  #answers = new Map<string, ReadyModel | WireError>();

  constructor(options: ModelRegistryOptions) {
    this.#options = options;
  }

  /** The model of a reference, or the error MODEL_NOT_FOUND or MODEL_LOADING. */
  resolve(reference: string | undefined): ReadyModel | WireError {
    return this.#answers.get(reference ?? DEFAULT) ?? this.#notFound(reference);
  }

  get only(): ReadyModel | undefined {
    if (this.#entries.size !== 1) return undefined;
    const [entry] = this.#entries.values();
    return entry?.status.model;
  }

  /** Every version that was requested, in any state, sorted by name and version. */
  list(): readonly ModelStatus[] {
    return this.#sorted().map(({ status }) => status);
  }

  /**
   * Loads, checks, warms up and publishes a model. A model that fails is not published; `problem` is one line that
   * names it. A version that exists already is refused: replacing it belongs here, after the new one is warm, and
   * retiring the old one after that.
   */
  async load(folder: ModelFolder): Promise<ModelLoaded> {
    const { ref } = folder;
    const standing = this.#entries.get(ref)?.status.state;
    if (standing === 'loading' || standing === 'ready') {
      return { ok: false, problem: `model ${ref} is ${standing} already` };
    }
    this.#enter(folder, { state: 'loading' });
    const loaded = await this.#open(folder);
    if (loaded.ok) {
      this.#enter(folder, { state: 'ready', model: loaded.model, report: loaded.report });
      return loaded;
    }
    const problem = `model ${ref}: ${loaded.problem} (in ${folder.folder})`;
    this.#enter(folder, { state: 'failed', problem });
    return { ok: false, problem };
  }

  /** Lists a version that cannot even be loaded, so that callers are told of it and not of another one. */
  refuse(model: NonNullable<BrokenFolder['model']>, problem: string): void {
    this.#enter(model, { state: 'failed', problem });
  }

  async #open(found: ModelFolder): Promise<ModelLoaded> {
    const { folder, file, runtime, manifest, metadata, tokenizer, name, version, ref } = found;
    const { engine } = this.#options;
    const { inputs, outputs: shown, constants, featuriser, options, warmUp } = manifest;
    const loading = await engine.load({
      ref,
      folder,
      file,
      runtime,
      inputs,
      outputs: shown,
      constants,
      featuriser,
      tokenizer,
      options,
    });
    if (!loading.ok) return loading;
    const { engineModel, report } = loading;
    const maxTextLength = Math.min(manifest.maxTextLength ?? this.#options.maxTextLength, this.#options.maxTextLength);
    const refuse = (problem: string): ModelLoaded => {
      engine.unload(engineModel);
      return { ok: false, problem };
    };
    const miscounted = manifest.labels && countProblem(engineModel, manifest.labels);
    if (miscounted !== undefined) return refuse(`${MANIFEST_FILE} has ${miscounted}`);
    const unfit = manifest.padding && paddingProblem(engineModel, manifest.padding);
    if (unfit !== undefined) return refuse(`${MANIFEST_FILE}: ${unfit}`);
    const tried = engineModelAt(engineModel, TRIAL_SIZES);
    const warmed = await this.#warmUp(tried, warmUp.texts, maxTextLength);
    if (!warmed.ok) return refuse(warmed.problem);
    const changes = manifest.padding && (await paddingChanges(engine, engineModel, manifest.padding));
    const { labels, problem, warning } = labelling({ manifest, metadata }, engineModel, warmed.sample);
    if (problem !== undefined) return refuse(problem);
    const { inputs: takes, outputs } = engineModel;
    const spec: ModelSpec = { name, version, ref, inputs: takes, outputs, labels, maxTextLength };
    const { warmUp: cost, rows, finite } = warmed;
    const ready = { spec, engineModel, engine: report.engine, warmUp: cost, rows, finite };
    // A caller's answer must not depend on who else asks.
    const whole: ReadyModel = rows === 'alone' ? { ...ready, maxBatchRows: 1 } : ready;
    const { padding, warning: unpadded } =
      changes === undefined
        ? { padding: manifest.padding }
        : { padding: undefined, warning: `${changes}; it is not padded, and rows of one size share batches` };
    const model = sized(whole, { most: manifest.maxSize, padding });
    const warnings = [...warmed.warnings, warning, unpadded].filter((one) => one !== undefined);
    return { ok: true, model, report, warnings: warnings.map((one) => `model ${ref}: ${one}`) };
  }

  #warmUp(model: EngineModel, texts: readonly string[], maxTextLength: number): Promise<WarmedUp> {
    const { engine, clock, maxBatchMs = 50 } = this.#options;
    return warmUpModel({ engine, clock, model, texts, maxTextLength, maxBatchMs });
  }

  #enter(
    { name, version, ref, bare, manifest }: Known,
    change: Pick<ModelStatus, 'state'> & Partial<ModelStatus>,
  ): void {
    const empty = { model: undefined, report: undefined, problem: undefined };
    const status = { name, version, ref, description: manifest?.description, ...empty, ...change };
    this.#entries.set(ref, { bare, status });
    this.#answers = this.#answer();
  }

  /** Lowest version first. */
  #sorted(): readonly Entry[] {
    return [...this.#entries.values()].sort(({ status: a }, { status: b }) => {
      return a.name === b.name ? Number(a.version) - Number(b.version) : a.name < b.name ? -1 : 1;
    });
  }

  #answer(): Map<string, ReadyModel | WireError> {
    const answers = new Map<string, ReadyModel | WireError>();
    // In order, so that a name resolves to its highest ready version.
    for (const { status } of this.#sorted()) {
      const { name, ref, state, model } = status;
      if (model !== undefined) {
        answers.set(ref, model).set(name, model);
      } else if (state === 'loading') {
        const answer = wireError('MODEL_LOADING', `model ${ref} is being loaded; try again shortly`, RETRY_LOADING_MS);
        answers.set(ref, answer);
        if (!answers.has(name)) answers.set(name, answer);
      }
    }
    const standard = this.#defaultReference();
    const answer = standard === undefined ? undefined : answers.get(standard);
    return answer === undefined ? answers : answers.set(DEFAULT, answer);
  }

  #defaultReference(): string | undefined {
    if (this.#options.defaultModel) return this.#options.defaultModel;
    const all = this.#sorted();
    const bare = all.find(({ bare: isBare }) => isBare);
    if (bare !== undefined) return bare.status.name;
    // With those that failed: a broken model must not make another one the default.
    const names = new Set(all.map(({ status }) => status.name));
    return names.size === 1 ? [...names][0] : undefined;
  }

  #notFound(reference: string | undefined): WireError {
    const all = this.list();
    const standing = all.filter(({ state }) => state !== 'failed');
    const names = [...new Set(standing.map(({ name }) => name))];
    const offer = names.length === 0 ? 'no model is loaded' : `the models are ${names.join(', ')}`;
    const wanted = reference ?? this.#options.defaultModel;
    if (!wanted) return wireError('MODEL_NOT_FOUND', `the request names no model and there is no default; ${offer}`);
    const versions = standing.filter(({ name }) => name === modelNameOf(wanted)).map(({ version }) => version);
    const detail = versions.length === 0 ? offer : `its versions are ${versions.join(', ')}`;
    const kind = reference === undefined ? 'default model' : 'model';
    const failed = all.some(({ name, ref, state }) => state === 'failed' && (name === wanted || ref === wanted));
    if (failed) return wireError('MODEL_NOT_FOUND', `${kind} ${wanted} could not be loaded; ${detail}`);
    return wireError('MODEL_NOT_FOUND', `there is no ${kind} ${wanted}; ${detail}`);
  }
}

interface Labelling {
  readonly labels: readonly string[] | undefined;
  readonly problem?: string;
  readonly warning?: string | undefined;
}

/** Labels of the manifest must be right; others are only used if they are. */
function labelling(
  { manifest, metadata }: Pick<ModelFolder, 'manifest' | 'metadata'>,
  model: EngineModel,
  { outputs }: TrialRun,
): Labelling {
  const labels = manifest.labels ?? metadata?.labels;
  if (labels === undefined) return { labels, warning: metadata?.problem };
  const [values] = outputs;
  const wrong = countProblem(model, labels) ?? (values && scoreProblem(model, labels, values));
  if (wrong === undefined) return { labels };
  if (manifest.labels !== undefined) return { labels: undefined, problem: `${MANIFEST_FILE} has ${wrong}` };
  return { labels: undefined, warning: `${METADATA_FILE} has ${wrong}; it is served without labels` };
}
