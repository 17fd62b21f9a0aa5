/** The models as shown by `GET /models` and `hello`. */

import type { Hello } from '../../shared/protocol.js';
import type { ModelCatalogue } from '../contracts/door.js';
import { describeModel } from '../contracts/model.js';
import type { ModelRegistry, ModelStatus } from '../models/registry.js';

export class RegistryCatalogue implements ModelCatalogue {
  readonly #registry: ModelRegistry;

  constructor(registry: ModelRegistry) {
    this.#registry = registry;
  }

  list(): readonly object[] {
    return this.#registry.list().map(show);
  }

  find(reference: string): object | undefined {
    const found = this.#registry.list().filter(({ name, ref }) => name === reference || ref === reference);
    const status = found.findLast(({ state }) => state === 'ready') ?? found.at(-1);
    return status && show(status);
  }

  /** The models that answer requests, and the engine of each. */
  engines(): readonly { readonly model: string; readonly engine: string }[] {
    return this.#registry
      .list()
      .flatMap(({ ref, model }) => (model === undefined ? [] : [{ model: ref, engine: model.engine }]));
  }

  /** The models announced to a new connection: those that answer requests, and the default. */
  offer(): Pick<Hello, 'models' | 'defaultModel'> {
    const models = this.#registry
      .list()
      .flatMap(({ model }) => (model === undefined ? [] : [describeModel(model.spec)]));
    const standard = this.#registry.resolve(undefined);
    return 'code' in standard ? { models } : { models, defaultModel: standard.spec.ref };
  }
}

function show({ name, version, state, description, model, report, problem }: ModelStatus): object {
  const described = model === undefined ? { name, version } : describeModel(model.spec);
  const limits = model === undefined ? {} : { maxTextLength: model.spec.maxTextLength, rows: model.rows };
  return { ...described, state, description, ...limits, ...report, problem };
}
