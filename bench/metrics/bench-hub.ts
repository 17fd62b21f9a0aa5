/** A hub in this process, over an engine that costs nothing, and callers that always want the next prediction. */

import type { Random } from '../../demo/text/random.js';
import { systemClock } from '../../server/app/system-clock.js';
import { configWith } from '../../server/config/config.js';
import type { ReadyModel } from '../../server/contracts/model.js';
import type { Tap } from '../../server/contracts/tap.js';
import { Hub } from '../../server/core/hub.js';
import type { Origin } from '../../server/core/requests/request.js';
import { wireError } from '../../shared/errors.js';
import type { PredictEnvelope } from '../../shared/parse.js';
import { InstantEngine } from './instant-engine.js';

/** Callers, each with one request in flight. */
const CALLERS = 256;
const SCORES = 3;
const INPUTS = 997;
/** One in this many requests is invalid and refused. */
const WRONG_EVERY = 50;

export class BenchHub {
  readonly #hub: Hub;
  readonly #origins: readonly Origin[];
  readonly #requests: readonly PredictEnvelope[];

  constructor(models: readonly ReadyModel[], taps: readonly Tap[], random: Random) {
    const byName = new Map(models.map((model) => [model.spec.name, model]));
    this.#hub = new Hub({
      engine: new InstantEngine(),
      clock: systemClock,
      options: configWith(),
      models: {
        resolve: (name = '') => byName.get(name) ?? wireError('MODEL_NOT_FOUND', `no model ${name}`),
      },
    });
    for (const tap of taps) this.#hub.tap(tap);
    this.#origins = Array.from({ length: CALLERS }, (_, i) =>
      this.#hub.openOrigin(`caller ${i}`, { via: i % 4 === 0 ? 'rest' : 'socketio' }),
    );
    this.#requests = Array.from({ length: INPUTS }, (_, i) => {
      const input = Array.from({ length: i % WRONG_EVERY === 0 ? SCORES + 1 : SCORES }, () => random.next());
      return { input, id: undefined, model: models[i % models.length]?.spec.name, timeoutMs: 10_000 };
    });
  }

  /** Sends this many requests; returns the CPU time of one, in microseconds. */
  async run(requests: number): Promise<number> {
    const before = process.cpuUsage();
    let left = requests;
    let next = 0;
    await new Promise<void>((resolve) => {
      let calling = this.#origins.length;
      const call = (origin: Origin): void => {
        for (;;) {
          if (left === 0) {
            calling -= 1;
            if (calling === 0) resolve();
            return;
          }
          left -= 1;
          next = (next + 1) % INPUTS;
          const request = this.#requests[next] as PredictEnvelope;
          if (this.#hub.submit(request, origin, () => call(origin)).accepted) return;
        }
      };
      for (const origin of this.#origins) call(origin);
    });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / requests;
  }
}
