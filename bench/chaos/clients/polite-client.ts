/** A good client: asks one thing at a time when it is told to, keeps count, and measures. What its four kinds have in common. */

import type { Histogram } from '../../harness/histogram.js';
import { Oracle } from './oracle.js';

/** What the clients are told of the world. */
export interface World {
  readonly url: string;
  /** Whether the hub is down by our doing, or was a moment ago. */
  readonly isExcused: () => boolean;
  /** Whether the engine fails by our doing: then deadlines pass, at the hub and at the SDK, which ends its requests itself at the same time. */
  readonly isEngineHurt: boolean;
  /** Whether there is a hub at all, as far as we had a hand in it. */
  readonly isUp: () => boolean;
  /** Microseconds from a request to its answer, of whatever is going on now. */
  readonly latencyUs: () => Histogram;
  /** Called with each answer. */
  readonly answered: () => void;
}

/** Requests that one client has under way at most. */
const MOST_WAITING = 16;
/** The model doubles and adds one. */
const expectedOf = (x: number): number => 2 * x + 1;

export abstract class PoliteClient {
  readonly oracle = new Oracle();
  protected readonly world: World;
  readonly #index: number;
  readonly #sentAt = new Map<number, number>();
  /** Requests that could not be made: no connection, or as many as may be under way already. */
  skipped = 0;

  constructor(world: World, index: number) {
    this.world = world;
    this.#index = index;
  }

  abstract readonly isReady: boolean;
  abstract open(): Promise<void>;
  abstract close(): void | Promise<void>;
  protected abstract send(number: number, x: number): void;

  /** Makes a request, if it may. */
  ask(): void {
    if (!this.isReady || this.oracle.waiting >= MOST_WAITING) {
      this.skipped += 1;
      return;
    }
    // No two clients ask the same in a long time, and every answer is exact as float32.
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

  /** The connection is gone, and with it the answer. */
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

/** The number in a prediction of `[x]`, which is a batch of one for a model of shape [1]. Anything else is given back, to be found wrong. */
export function numberIn(prediction: unknown): unknown {
  const [row, ...rows] = Array.isArray(prediction) ? prediction : [];
  return Array.isArray(row) && row.length === 1 && rows.length === 0 ? row[0] : prediction;
}
