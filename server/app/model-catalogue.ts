/** The models as shown by `GET /models` and `hello`. */

import type { Hello } from '../../shared/protocol.js';
import type { Allows } from '../contracts/access.js';
import type { ModelCatalogue } from '../contracts/door.js';
import { describeModel, type ReadyModel } from '../contracts/model.js';
import type { ModelRegistry, ModelStatus } from '../models/registry.js';

export class RegistryCatalogue implements ModelCatalogue {
  readonly #registry: ModelRegistry;

  constructor(registry: ModelRegistry) {
    this.#registry = registry;
  }

  list(sees: Allows = everything): readonly object[] {
    return this.#shown(sees).map(show);
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
  offer(sees: Allows = everything): Pick<Hello, 'models' | 'defaultModel'> {
    const models = this.#shown(sees).flatMap(({ model }) => (model === undefined ? [] : [describeModel(model.spec)]));
    const defaultModel = this.standard(sees);
    return defaultModel === undefined ? { models } : { models, defaultModel };
  }

  /** The hub's default where it is shown; else the only model that is. */
  standard(sees: Allows): string | undefined {
    const standard = this.#registry.resolve(undefined);
    if (!('code' in standard) && sees(standard.spec.name)) return standard.spec.ref;
    const seen = this.#shown(sees).flatMap(({ model }) => model?.spec ?? []);
    return new Set(seen.map(({ name }) => name)).size === 1 && sees !== everything ? seen.at(-1)?.ref : undefined;
  }

  #shown(sees: Allows): readonly ModelStatus[] {
    return this.#registry.list().filter(({ name }) => sees(name));
  }
}

const everything: Allows = () => true;

function show({ name, version, state, description, model, report, problem }: ModelStatus): object {
  const described = model === undefined ? { name, version } : describeModel(model.spec);
  const tried = model === undefined ? {} : triedOf(model);
  // The problem itself names folders of this machine.
  const told = problem === undefined ? undefined : 'it could not be loaded; the log of the hub says why';
  return { ...described, state, description, ...tried, ...report, problem: told };
}

/** What was found out when it was loaded. */
function triedOf({ spec, rows, finite, maxBatchRows, warmUp }: ReadyModel): object {
  const { overheadMs, rowMs, byteMs } = warmUp;
  return { maxTextLength: spec.maxTextLength, rows, finite, maxBatchRows, cost: { overheadMs, rowMs, byteMs } };
}
