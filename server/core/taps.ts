/**
 * All taps of a hub; calls each for the events it handles. A tap that fails is reported and costs nobody an answer.
 */

import type { WireError } from '../../shared/errors.js';
import type { Clock, Timer } from '../contracts/clock.js';
import type { EngineEvent } from '../contracts/engine-events.js';
import type { ModelSpec } from '../contracts/model.js';
import type { Predicted } from '../contracts/outcome.js';
import type { StreamEvent } from '../contracts/stream-events.js';
import type { EndedBatch, HubState, ObservedRequest, RefusedRequest, Tap } from '../contracts/tap.js';
import type { TransportEvent } from '../contracts/transport-events.js';

type Callback = Exclude<keyof Tap, 'name' | 'close'>;

export class Taps implements Required<Omit<Tap, 'close'>> {
  readonly name = 'taps';
  readonly #all: Tap[] = [];
  /** Taps that handle each prediction and each batch. */
  readonly #ofPredictions: Tap[] = [];
  readonly #ofBatches: Tap[] = [];
  /** Number of faults of each tap. */
  readonly #faults = new Map<Tap, number>();

  readonly #clock: Clock;

  constructor(clock: Clock, taps: readonly Tap[] = []) {
    this.#clock = clock;
    for (const tap of taps) this.add(tap);
  }

  /** Adds a tap, for the life of the hub. */
  add(tap: Tap): void {
    this.#all.push(tap);
    if (tap.predicted !== undefined) this.#ofPredictions.push(tap);
    if (tap.batch !== undefined) this.#ofBatches.push(tap);
  }

  predicted(request: ObservedRequest, outcome: Predicted): void {
    for (const tap of this.#ofPredictions) {
      try {
        const answer: unknown = tap.predicted?.(request, outcome);
        if (answer !== undefined) this.#answered(tap, 'predicted', answer);
      } catch (cause) {
        this.#failed(tap, cause);
      }
    }
  }

  batch(batch: EndedBatch): void {
    for (const tap of this.#ofBatches) {
      try {
        const answer: unknown = tap.batch?.(batch);
        if (answer !== undefined) this.#answered(tap, 'batch', answer);
      } catch (cause) {
        this.#failed(tap, cause);
      }
    }
  }

  failed(request: ObservedRequest, error: WireError): void {
    this.#tell('failed', request, error);
  }

  refused(request: RefusedRequest): void {
    this.#tell('refused', request);
  }

  batchFailed(batch: EndedBatch): void {
    this.#tell('batchFailed', batch);
  }

  poison(model: ModelSpec, reason: string): void {
    this.#tell('poison', model, reason);
  }

  fault(where: string, cause: unknown): void {
    for (const tap of this.#all) {
      try {
        const answer: unknown = tap.fault?.(where, cause);
        if (isPromise(answer)) answer.then(undefined, () => undefined);
      } catch {
        // A tap that fails on faults is not reported to itself.
      }
    }
  }

  state(state: HubState): void {
    this.#tell('state', state);
  }

  transport(event: TransportEvent): void {
    if (event.type === 'fault') this.fault(event.where, event.cause);
    else this.#tell('transport', event);
  }

  engine(event: EngineEvent): void {
    this.#tell('engine', event);
  }

  stream(event: StreamEvent): void {
    this.#tell('stream', event);
  }

  /** Closes all taps; resolves when each has flushed or its time is over. */
  async close(deadlineMs: number): Promise<void> {
    await Promise.all(this.#all.map((tap) => this.#close(tap, deadlineMs)));
  }

  async #close(tap: Tap, deadlineMs: number): Promise<void> {
    let timer: Timer | undefined;
    const late = new Promise<void>((_, reject) => {
      timer = this.#clock.setTimer(deadlineMs, () => reject(new Error(`it did not close within ${deadlineMs} ms`)));
    });
    try {
      await Promise.race([tap.close?.(deadlineMs), late]);
    } catch (cause) {
      this.#failed(tap, cause);
    }
    timer?.cancel();
  }

  #tell<Name extends Exclude<Callback, 'predicted' | 'batch' | 'fault'>>(
    name: Name,
    ...args: Parameters<NonNullable<Tap[Name]>>
  ): void {
    for (const tap of this.#all) {
      try {
        const answer = (tap[name] as ((...args: unknown[]) => unknown) | undefined)?.apply(tap, args);
        if (answer !== undefined) this.#answered(tap, name, answer);
      } catch (cause) {
        this.#failed(tap, cause);
      }
    }
  }

  /** A promise is a fault, kept or not: nobody waits for it. Its rejection would otherwise end the process. */
  #answered(tap: Tap, callback: Callback, answer: unknown): void {
    if (!isPromise(answer)) return;
    answer.then(undefined, (cause: unknown) => this.#failed(tap, cause));
    this.#failed(tap, new Error(`${callback} answered a promise; a callback must not be async`));
  }

  /**
   * Of a tap that throws at every prediction, reports the first fault, then the second, the fourth, the eighth and so
   * on.
   */
  #failed(tap: Tap, cause: unknown): void {
    const count = (this.#faults.get(tap) ?? 0) + 1;
    this.#faults.set(tap, count);
    if ((count & (count - 1)) === 0) this.fault(`tap ${tap.name}, ${count} so far`, cause);
  }
}

function isPromise(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function';
}
