/** What the bench and its loader processes say to each other. Types only. */

import type { HistogramCounts } from '../harness/histogram.js';

export interface LoadPlan {
  readonly port: number;
  readonly sockets: number;
  /** Requests in flight on each socket. */
  readonly pipeline: number;
  readonly awaitHello: boolean;
}

export type LoaderCommand =
  /** Send the first requests; from then on each answer sends the next. */
  | { readonly kind: 'start' }
  /** Begin to count. */
  | { readonly kind: 'begin' }
  /** Stop counting and report; the load goes on. */
  | { readonly kind: 'end' }
  /** Send nothing more until the next `start`; report when all is answered. */
  | { readonly kind: 'pause' };

/** What one loader counted between `begin` and `end`. */
export interface LoadCount {
  readonly answered: number;
  /** Of these, how many were parsed whole and compared with the right answer. */
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
  /** All sockets are open: how long that took from the first. */
  | { readonly kind: 'opened'; readonly ms: number }
  | { readonly kind: 'began' }
  | { readonly kind: 'counted'; readonly count: LoadCount }
  | { readonly kind: 'paused' }
  | { readonly kind: 'failed'; readonly reason: string };
