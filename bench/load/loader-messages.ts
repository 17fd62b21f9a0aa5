/** Messages between the bench and its loader processes. Types only. */

import type { HistogramCounts } from '../harness/latency-histogram.js';

export interface LoadPlan {
  readonly port: number;
  readonly sockets: number;
  /** Requests in flight on each socket. */
  readonly pipeline: number;
  readonly awaitHello: boolean;
}

export type LoaderCommand =
  /** Sends the first requests; from then on each answer triggers the next. */
  | { readonly kind: 'start' }
  /** Starts counting. */
  | { readonly kind: 'begin' }
  /** Stops counting and reports; the load continues. */
  | { readonly kind: 'end' }
  /** Sends nothing more until the next `start`; reports when everything is answered. */
  | { readonly kind: 'pause' };

/** Counts of one loader between `begin` and `end`. */
export interface LoadCount {
  readonly answered: number;
  /** How many of these were parsed completely and compared with the right answer. */
  readonly checked: number;
  readonly seconds: number;
  /** CPU of the loader's process, all threads. */
  readonly cpuSeconds: number;
  /** Mean payload of an answer. */
  readonly answerBytes: number;
  /** Microseconds from request to answer. */
  readonly latencyUs: HistogramCounts;
}

export type LoaderReport =
  /** All sockets are open; how long that took from the first. */
  | { readonly kind: 'opened'; readonly ms: number }
  | { readonly kind: 'began' }
  | { readonly kind: 'counted'; readonly count: LoadCount }
  | { readonly kind: 'paused' }
  | { readonly kind: 'failed'; readonly reason: string };
