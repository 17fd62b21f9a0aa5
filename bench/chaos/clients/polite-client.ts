/** A good client: asks one thing at a time on demand, counts and measures. The common part of the four kinds. */

import type { LatencyHistogram } from '../../harness/latency-histogram.js';
import { Oracle } from './oracle.js';

/** What the clients know of the run. */
export interface World {
  readonly url: string;
  /** Whether the hub is, or just was, down on purpose. */
  readonly isExcused: () => boolean;
  /**
   * Whether the engine fails on purpose: then deadlines pass, at the hub and at the SDK, which ends its requests itself
   * at the same time.
   */
  readonly isEngineHurt: boolean;
  /** Whether there is a hub at all, apart from unintended deaths. */
  readonly isUp: () => boolean;
  /** Microseconds from a request to its answer, for the current phase. */
  readonly latencyUs: () => LatencyHistogram;
  /** Called with each answer. */
  readonly answered: () => void;
}

/** Maximum open requests per client. */
const MOST_WAITING = 16;
/** The model doubles and adds one. */
const expectedOf = (x: number): number => 2 * x + 1;

export abstract class PoliteClient {
  readonly oracle = new Oracle();
  protected readonly world: World;
  readonly #index: number;
  readonly #sentAt = new Map<number, number>();
  /** Requests not sent: no connection, or too many open. */
  skipped = 0;

  constructor(world: World, index: number) {
    this.world = world;
    this.#index = index;
  }

  abstract readonly isReady: boolean;
  abstract open(): Promise<void>;
  abstract close(): void | Promise<void>;
  protected abstract send(number: number, x: number): void;

  /** Sends a request, if allowed. */
  ask(): void {
    if (!this.isReady || this.oracle.waiting >= MOST_WAITING) {
      this.skipped += 1;
      return;
    }
    // No two clients ask the same for a long time, and every answer is exact as float32.
    const x = this.#index * X_PER_CLIENT + (this.#asked++ % X_PER_CLIENT);
    const number = this.oracle.ask(expectedOf(x));
    this.#sentAt.set(number, performance.now());
    this.send(number, x);
  }

  #asked = 0;

  protected answer(number: number, value: unknown): void {
    const sentAt = this.#settle(number);
    if (sentAt !== undefined) this.world.latencyUs().record((performance.now() - sentAt) * 1000);
    this.world.answered();
    this.oracle.answer(number, value);
  }

  protected refuse(number: number, code: string): void {
    this.#settle(number);
    this.oracle.refuse(number, code);
  }

  /** The connection is gone, and the answer with it. */
  protected cut(number: number): void {
    this.#settle(number);
    this.oracle.cut(number, this.world.isExcused());
  }

  #settle(number: number): number | undefined {
    const sentAt = this.#sentAt.get(number);
    this.#sentAt.delete(number);
    return sentAt;
  }
}

/** Up to 64 clients: 2^23 and its double are exact in float32. */
const X_PER_CLIENT = 2 ** 17;

/**
 * The number in a prediction of `[x]`, which is a batch of one for a model of shape [1]. Anything else is returned
 * unchanged, and found wrong.
 */
export function numberIn(prediction: unknown): unknown {
  const [row, ...rows] = Array.isArray(prediction) ? prediction : [];
  return Array.isArray(row) && row.length === 1 && rows.length === 0 ? row[0] : prediction;
}
