/** Messages between the bench and the flooder. Types only. */

export interface FloodPlan {
  readonly port: number;
  /** Attempts in one second. */
  readonly connects: number;
  /** A separate loopback address. */
  readonly address: string;
}

export interface FlooderReport {
  readonly kind: 'flooded';
  /** From the first attempt to the last. */
  seconds: number;
  /** Answered 429. */
  refused: number;
  /** Closed without an answer. */
  reset: number;
  letIn: number;
}
