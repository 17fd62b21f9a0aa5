/**
 * The load of a crowd of plain connections: closed, where each sends again when answered, and open, where events come
 * at a rate regardless of answers. Knows no server.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { LatencyHistogram } from '../harness/latency-histogram.js';
import { median } from '../harness/statistics.js';
import { Caller, type Events } from './caller.js';

/**
 * With this much data not taken by the system, a connection drops further events: an emitter's own queue is not the
 * place to wait.
 */
const MAX_UNSENT_BYTES = 65_536;
/** Interval of an open load, as even as timers allow, in milliseconds. */
const STEP_MS = 1;
/** Uncounted start of a phase, in milliseconds, while the previous load leaves and its own begins. */
const LEAD_MS = 500;
const SETTLE_MS = 20_000;

export interface Phase {
  /** Events per second: to be sent, and sent. */
  readonly offered: number;
  readonly written: number;
  /** Answered with a prediction in time, in events per second. */
  readonly good: number;
  readonly late: number;
  readonly refused: number;
  readonly retryAfterMs: number;
  /** From the write to the prediction. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of the server's process, in cores. */
  readonly cpu: number;
}

export class Load {
  readonly #events: Events;
  readonly #timeoutMs: number;
  readonly #callers: Caller[] = [];
  /** Time of the write, and its caller. */
  readonly #open = new Map<number, { readonly at: number; readonly caller: number }>();
  readonly #latencyUs = new LatencyHistogram();
  #told: number[] = [];
  #counts = { offered: 0, written: 0, good: 0, late: 0, refused: 0 };
  /** Closed load: what a caller does when one of its requests ends. */
  #again: ((caller: number, afterMs: number) => void) | undefined;

  readonly #cpuSeconds: () => number;

  constructor(events: Events, timeoutMs: number, cpuSeconds: () => number) {
    this.#cpuSeconds = cpuSeconds;
    this.#events = events;
    this.#timeoutMs = timeoutMs;
  }

  async connect(port: number, sockets: number): Promise<void> {
    const ends = {
      answered: (id: number) => this.#ended(id, undefined),
      refused: (id: number, code: string, retryAfterMs: number) => this.#ended(id, { code, retryAfterMs }),
    };
    for (let i = 0; i < sockets; i++) this.#callers.push(await Caller.open(port, this.#events, ends));
  }

  /** Each connection has `window` requests open at any time. */
  async closed(window: number, ms: number): Promise<Phase> {
    this.#again = (caller, afterMs) => {
      if (afterMs === 0) this.#send(caller);
      else setTimeout(() => this.#again !== undefined && this.#send(caller), afterMs);
    };
    for (let i = 0; i < window; i++) for (const caller of this.#callers.keys()) this.#send(caller);
    const phase = await this.#count(ms);
    this.#again = undefined;
    await this.#settle();
    return phase;
  }

  /** `perSecond` events per second, each connection in turn. */
  async open(perSecond: number, ms: number): Promise<Phase> {
    const startedAt = performance.now();
    let asked = 0;
    const timer = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      for (; asked < due; asked++) {
        const caller = asked % this.#callers.length;
        if ((this.#callers[caller]?.unsentBytes ?? 0) < MAX_UNSENT_BYTES) this.#send(caller);
        else this.#counts.offered += 1;
      }
    }, STEP_MS);
    const phase = await this.#count(ms);
    clearInterval(timer);
    await this.#settle();
    return phase;
  }

  close(): void {
    for (const caller of this.#callers) caller.close();
  }

  #send(caller: number): void {
    const id = this.#events.nextId();
    this.#counts.offered += 1;
    this.#counts.written += 1;
    this.#open.set(id, { at: performance.now(), caller });
    this.#callers[caller]?.send(id);
  }

  #ended(id: number, refusal: { readonly code: string; readonly retryAfterMs: number } | undefined): void {
    const request = this.#open.get(id);
    if (request === undefined) throw new Error(`an answer that nobody waits for: ${id}`);
    this.#open.delete(id);
    if (refusal === undefined) {
      const tookMs = performance.now() - request.at;
      this.#latencyUs.record(tookMs * 1000);
      if (tookMs <= this.#timeoutMs) this.#counts.good += 1;
      else this.#counts.late += 1;
    } else if (refusal.code === 'OVERLOADED') {
      this.#counts.refused += 1;
      this.#told.push(refusal.retryAfterMs);
    } else throw new Error(`answered ${refusal.code}`);
    this.#again?.(request.caller, refusal?.retryAfterMs ?? 0);
  }

  async #count(ms: number): Promise<Phase> {
    await delay(LEAD_MS);
    this.#counts = { offered: 0, written: 0, good: 0, late: 0, refused: 0 };
    this.#told = [];
    this.#latencyUs.reset();
    const [startedAt, cpuBefore] = [performance.now(), this.#cpuSeconds()];
    await delay(ms);
    const tookMs = performance.now() - startedAt;
    const perSecond = (count: number): number => Math.round((count * 1000) / tookMs);
    const { offered, written, good, late, refused } = this.#counts;
    return {
      offered: perSecond(offered),
      written: perSecond(written),
      good: perSecond(good),
      late: perSecond(late),
      refused: perSecond(refused),
      retryAfterMs: median(this.#told),
      p50Ms: this.#latencyUs.percentile(0.5) / 1000,
      cpu: ((this.#cpuSeconds() - cpuBefore) * 1000) / tookMs,
      p99Ms: this.#latencyUs.percentile(0.99) / 1000,
    };
  }

  /** Waits until everything written has ended, including what is in the kernel's buffers. */
  async #settle(): Promise<void> {
    const startedAt = performance.now();
    while (this.#open.size > 0) {
      if (performance.now() - startedAt > SETTLE_MS) throw new Error(`${this.#open.size} requests without an answer`);
      await delay(10);
    }
  }
}
