/**
 * Obedient callers: when refused, they send the same request again after exactly `retryAfterMs`. Counts how many
 * retries are admitted. Knows no other load.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../harness/statistics.js';
import { Caller, type Events } from './caller.js';

export interface PatientPlan {
  readonly port: number;
  readonly connections: number;
  /** Open requests per connection, each replaced when answered. */
  readonly window: number;
  /** Pause after an answer, in milliseconds; 0 for none. */
  readonly pauseMs: number;
}

export interface Patience {
  readonly answered: number;
  readonly refused: number;
  /** First retries, and how many of them were admitted. */
  readonly retries: number;
  readonly letIn: number;
  /** Of all retries, including further ones. */
  readonly share: number;
  readonly retryAfterMs: number;
  readonly longestMs: number;
}

export class Patient {
  readonly #plan: PatientPlan;
  readonly #events: Events;
  readonly #callers: Caller[] = [];
  readonly #open = new Map<number, { readonly caller: number; retries: number }>();
  #isOver = false;
  #counts = { answered: 0, refused: 0, retries: 0, letIn: 0, all: 0, allLetIn: 0 };
  #told: number[] = [];

  constructor(events: Events, plan: PatientPlan) {
    this.#plan = plan;
    this.#events = events;
  }

  async connect(): Promise<void> {
    const { port, connections } = this.#plan;
    const ends = {
      answered: (id: number) => this.#answered(id),
      refused: (id: number, code: string, retryAfterMs: number) => this.#refused(id, code, retryAfterMs),
    };
    for (let i = 0; i < connections; i++) this.#callers.push(await Caller.open(port, this.#events, ends));
  }

  begin(): void {
    this.#isOver = false;
    this.#counts = { answered: 0, refused: 0, retries: 0, letIn: 0, all: 0, allLetIn: 0 };
    this.#told = [];
    for (const caller of this.#callers.keys()) for (let i = 0; i < this.#plan.window; i++) this.#ask(caller);
  }

  /** Waits for pending retries first. */
  async end(): Promise<Patience> {
    this.#isOver = true;
    const { answered, refused } = this.#counts;
    const startedAt = performance.now();
    while (this.#open.size > 0 && performance.now() - startedAt < 15_000) await delay(10);
    this.#open.clear();
    const { retries, letIn, all, allLetIn } = this.#counts;
    return {
      answered,
      refused,
      retries,
      letIn,
      share: allLetIn / all,
      retryAfterMs: median(this.#told),
      longestMs: this.#told.reduce((most, ms) => Math.max(most, ms), 0),
    };
  }

  close(): void {
    for (const caller of this.#callers) caller.close();
  }

  #ask(caller: number): void {
    const id = this.#events.nextId();
    this.#open.set(id, { caller, retries: 0 });
    this.#callers[caller]?.send(id);
  }

  #answered(id: number): void {
    const request = this.#open.get(id);
    if (request === undefined) return;
    this.#open.delete(id);
    this.#counts.answered += 1;
    this.#countRetry(request.retries, true);
    if (this.#isOver) return;
    if (this.#plan.pauseMs === 0) this.#ask(request.caller);
    else setTimeout(() => !this.#isOver && this.#ask(request.caller), this.#plan.pauseMs);
  }

  #refused(id: number, code: string, retryAfterMs: number): void {
    const request = this.#open.get(id);
    if (request === undefined) return;
    if (code !== 'OVERLOADED') throw new Error(`answered ${code}`);
    this.#counts.refused += 1;
    this.#told.push(retryAfterMs);
    this.#countRetry(request.retries, false);
    if (this.#isOver && request.retries > 0) return void this.#open.delete(id);
    request.retries += 1;
    setTimeout(() => this.#open.has(id) && this.#callers[request.caller]?.send(id), retryAfterMs);
  }

  #countRetry(retries: number, isLetIn: boolean): void {
    if (retries === 0) return;
    this.#counts.all += 1;
    if (isLetIn) this.#counts.allLetIn += 1;
    if (retries > 1) return;
    this.#counts.retries += 1;
    if (isLetIn) this.#counts.letIn += 1;
  }
}
