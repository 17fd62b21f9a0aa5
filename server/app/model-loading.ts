/** The models of a start: loads what was found, and tells what became of each. Knows no log. */

import type { Config } from '../config/config.js';
import type { Clock } from '../contracts/clock.js';
import { type SizeLimits, sizeWarning } from '../models/example-size.js';
import type { ModelLoaded, ModelRegistry } from '../models/registry.js';
import { brokenProblem, type FoundModels, type ModelFolder } from '../models/repository.js';
import type { Logger } from '../observe/log/logger.js';

/** Told while models are loaded, which may take minutes. */
export interface LoadingListener {
  /** Returns what to call when it is over. */
  loading(folder: ModelFolder): () => void;
  ready(folder: ModelFolder, loaded: ModelLoaded & { readonly ok: true }): void;
  /** One line that names the model and its folder; at the end, when others are ready. */
  broken(folder: string, problem: string): void;
  leftOut(path: string, why: string): void;
}

/** Named one by one, of what is left out. */
const MOST_NAMED = 20;

/**
 * Loads every model found. A broken one does not stop the others; returns a problem when none is ready, or the default
 * is not.
 *
 * @param missing why a model cannot run here, by its reference.
 */
export async function loadModels(
  { models: folders, broken, leftOut }: FoundModels,
  missing: ReadonlyMap<string, string>,
  models: ModelRegistry,
  config: Pick<Config, 'defaultModel' | keyof SizeLimits>,
  listener: LoadingListener,
): Promise<string | undefined> {
  for (const { path, why } of leftOut.slice(0, MOST_NAMED)) listener.leftOut(path, why);
  const [next] = leftOut.slice(MOST_NAMED);
  if (next !== undefined) listener.leftOut(next.path, `${next.why}; and ${leftOut.length - MOST_NAMED - 1} more`);
  for (const { problem, model } of broken) if (model !== undefined) models.refuse(model, problem);
  const refused = broken.map(({ folder, problem }) => ({ folder, problem }));
  let isAnyReady = false;
  for (const folder of folders) {
    const unfit = missing.get(folder.ref);
    if (unfit !== undefined) models.refuse(folder, unfit);
    const over = listener.loading(folder);
    const loaded = unfit === undefined ? await models.load(folder) : { ok: false as const, problem: unfit };
    over();
    if (loaded.ok) {
      const size = sizeWarning(loaded.model.spec, config);
      listener.ready(folder, size === undefined ? loaded : { ...loaded, warnings: [...loaded.warnings, size] });
    } else refused.push({ folder: folder.folder, problem: loaded.problem });
    isAnyReady ||= loaded.ok;
  }
  // Without a good one, they are the problem of the start, told once.
  if (!isAnyReady) return brokenProblem(refused.map(({ problem }) => problem));
  for (const { folder, problem } of refused) listener.broken(folder, problem);
  const standard = config.defaultModel === '' ? undefined : models.resolve(config.defaultModel);
  return standard !== undefined && 'code' in standard ? `--default-model: ${standard.message}` : undefined;
}

/** Between lines that say that a model is still being loaded, in milliseconds. */
const PROGRESS_MS = 5_000;

/** Writes it to the log, as it happens. */
export function loggedTo(log: Logger, clock: Clock): LoadingListener {
  return {
    loading({ ref, folder }) {
      const startedAt = clock.now();
      const tell = (): void => {
        log.info({ model: ref, folder, tookMs: Math.round(clock.now() - startedAt) }, 'a model is still being loaded');
        timer = clock.setTimer(PROGRESS_MS, tell);
      };
      let timer = clock.setTimer(PROGRESS_MS, tell);
      return () => timer.cancel();
    },
    ready(folder, { report, model, warnings }) {
      const { ref, named } = folder;
      const place = { folder: folder.folder, named };
      log.info({ model: ref, ...place, ...report, warmUp: model.warmUp, rows: model.rows }, 'model ready');
      for (const warning of warnings) log.warn({ model: ref }, warning);
    },
    broken: (folder, problem) => log.error({ folder, problem }, 'a model is broken and not served'),
    leftOut: (path, why) => log.warn({ path, why }, 'left out: not served as a model'),
  };
}
