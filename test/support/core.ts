/** A hub over a manual clock and a puppet engine, and models for it. */

import type { Engine } from '../../server/contracts/engine.js';
import type { ReadyModel, WarmUp } from '../../server/contracts/model.js';
import type { Outcome } from '../../server/contracts/outcome.js';
import { Hub, type HubOptions } from '../../server/core/hub.js';
import type { Origin, Pending } from '../../server/core/requests/request.js';
import { ManualClock } from '../../server/testing/manual-clock.js';
import { PuppetEngine } from '../../server/testing/puppet-engine.js';
import { type WireError, wireError } from '../../shared/errors.js';
import type { RequestId } from '../../shared/protocol.js';
import type { InputSpec, TensorSpec } from '../../shared/tensor.js';
import { Recorder, type Told } from './recorder.js';

export const DEFAULT_OPTIONS: HubOptions = {
  tickMs: 0,
  maxBatchMs: 50,
  maxBatchRows: 64,
  maxQueueRows: 256,
  maxArenaBytes: 1 << 20,
  watchdogMs: 2000,
  receipts: true,
  maxRequestRows: 128,
  maxInFlightRows: 200,
};

export function makeModel(
  name = 'twice',
  input: InputSpec = { name: 'x', dtype: 'float32', shape: [1] },
  warmUp: WarmUp = { overheadMs: 0.1, rowMs: 0.01, byteMs: 0 },
): ReadyModel {
  const outputs: TensorSpec[] = [{ name: 'y', dtype: 'float32', shape: input.dtype === 'string' ? [1] : input.shape }];
  const inputs = [input];
  return {
    spec: { name, version: '1', ref: `${name}@1`, inputs, outputs, labels: undefined, maxTextLength: 100 },
    engineModel: { handle: 1, inputs, outputs },
    engine: 'puppet',
    warmUp,
  };
}

/** The progress of a request of {@link TestHub.send}; `settlements` must end at one for an accepted one. */
export interface Sent {
  readonly refusal: WireError | undefined;
  readonly pending: Pending | undefined;
  settlements: number;
  /** Output elements when it was answered. */
  values: number[] | undefined;
  error: WireError | undefined;
}

export class TestHub<E extends Engine = PuppetEngine> {
  readonly clock = new ManualClock();
  readonly hub: Hub;
  readonly engine: E;
  readonly origin: Origin;
  readonly models: Map<string, ReadyModel>;
  readonly #recorder = new Recorder();
  readonly events: readonly Told[] = this.#recorder.events;
  /** How often a reference was looked up. */
  resolutions = 0;
  /** Requests in the order of settlement. */
  readonly order: Sent[] = [];

  constructor(engine: E, options: Partial<HubOptions> = {}, models: readonly ReadyModel[] = [makeModel()]) {
    this.engine = engine;
    this.models = new Map(models.map((model) => [model.spec.name, model]));
    const first = models[0];
    this.hub = new Hub({
      engine,
      clock: this.clock,
      options: { ...DEFAULT_OPTIONS, ...options },
      models: {
        resolve: (reference) => {
          this.resolutions += 1;
          const found = reference === undefined ? first : this.models.get(reference);
          return found ?? wireError('MODEL_NOT_FOUND', `no model ${reference}`);
        },
      },
    });
    this.hub.tap(this.#recorder);
    this.origin = this.hub.openOrigin('test');
  }

  send(input: unknown, fields: { id?: RequestId; model?: string; timeoutMs?: number; origin?: Origin } = {}): Sent {
    const { id, model, timeoutMs = 10_000, origin = this.origin } = fields;
    let inSubmit = true;
    const sent: Sent & { refusal: WireError | undefined; pending: Pending | undefined } = {
      refusal: undefined,
      pending: undefined,
      settlements: 0,
      values: undefined,
      error: undefined,
    };
    const settle = (outcome: Outcome): void => {
      if (inSubmit) throw new Error('settled from inside submit');
      sent.settlements += 1;
      this.order.push(sent);
      if (outcome.ok) {
        const { arrays, firstRow, rows } = outcome.output;
        const size = (arrays[0]?.length ?? 0) === 0 ? 0 : 1;
        sent.values = [...(arrays[0] ?? []).slice(firstRow * size, (firstRow + rows) * size)];
      } else sent.error = outcome.error;
    };
    const verdict = this.hub.submit({ input, id, model, timeoutMs }, origin, settle);
    inSubmit = false;
    if (verdict.accepted) sent.pending = verdict.pending;
    else sent.refusal = verdict.error;
    return sent;
  }
}

export function makeHub(options: Partial<HubOptions> = {}, models?: readonly ReadyModel[]): TestHub {
  return new TestHub(new PuppetEngine(), options, models);
}
