/** What the bench of the page says to its publisher and its viewers, and what they report. Types only. */

export interface PublisherPlan {
  readonly role: 'publisher';
  readonly url: string;
  readonly stream: string;
  /** Messages a second. */
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
export interface LoadReport {
  /** Predictions that were answered, or items that arrived at all viewers together. */
  readonly done: number;
  /** Publisher: requests that failed. Viewers: gaps. */
  readonly failed: number;
  /** Items that the hub left out for viewers that did not keep up. */
  readonly skipped: number;
  /** Clients that are connected, and subscribed where they are viewers. */
  readonly live: number;
  /** One of the failures, in words; empty when there was none. */
  readonly example: string;
}
