/** What the bench and the flooder say to each other. Types only. */

export interface FloodPlan {
  readonly port: number;
  /** Attempts in one second. */
  readonly connects: number;
  /** Where they come from: a loopback address of its own. */
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
