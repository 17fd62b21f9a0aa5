/** The models of a start: loads what was found, and logs how. */

import type { Config } from '../config/config.js';
import { type SizeLimits, sizeWarning } from '../models/example-size.js';
import type { ModelRegistry } from '../models/registry.js';
import type { ModelFolder } from '../models/repository.js';
import type { Logger } from '../observe/log/logger.js';

/** Loads every model found; returns what is wrong with the first that fails, or with the default. */
export async function loadModels(
  found: readonly ModelFolder[],
  models: ModelRegistry,
  config: Pick<Config, 'defaultModel' | keyof SizeLimits>,
  log: Logger,
): Promise<string | undefined> {
  for (const folder of found) {
    const loaded = await models.load(folder);
    if (!loaded.ok) return loaded.problem;
    const { report, model, warnings } = loaded;
    log.info({ model: folder.ref, ...report, warmUp: model.warmUp, rows: model.rows }, 'model ready');
    const size = sizeWarning(model.spec, config);
    for (const warning of size === undefined ? warnings : [...warnings, size]) log.warn({ model: folder.ref }, warning);
  }
  const missing = config.defaultModel !== '' && 'code' in models.resolve(undefined);
  return missing ? `--default-model: there is no model ${config.defaultModel}` : undefined;
}
