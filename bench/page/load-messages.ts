/** Messages between the page bench and its publisher and viewers. Types only. */

export interface PublisherPlan {
  readonly role: 'publisher';
  readonly url: string;
  readonly stream: string;
  /** Messages per second. */
  readonly rate: number;
  readonly seed: number;
}

export interface ViewersPlan {
  readonly role: 'viewers';
  readonly url: string;
  readonly stream: string;
  readonly viewers: number;
}

export type LoadPlan = PublisherPlan | ViewersPlan;

/** Counted from the start of the process. */
export interface LoadCounts {
  /** Answered predictions, or items received by all viewers together. */
  readonly done: number;
  /** Publisher: failed requests. Viewers: gaps. */
  readonly failed: number;
  /** Items skipped by the hub for viewers that fell behind. */
  readonly skipped: number;
  /** Connected clients; for viewers, also subscribed. */
  readonly live: number;
  /** The message of one failure; empty without any. */
  readonly example: string;
}
