/** The receipt of a prediction as the client gives it: the hub's own parts, and the way there and back. */

import type { Prediction, Timing } from '../../shared/protocol.js';

/** Where the time of a prediction went. What `roundTripUs` has over `totalUs` was spent on the way, at both ends and between. */
export interface ClientTiming extends Timing {
  /**
   * From sending to answer on this client's clock, in microseconds. Of a request that was sent again after its connection was lost: from
   * the last sending, or from the first where the hub had been at work on it for longer.
   */
  readonly roundTripUs: number;
}

/** A prediction as a client gives it. */
export interface ClientPrediction extends Prediction {
  readonly timing?: ClientTiming;
}

/** When a request left, in milliseconds. */
export interface Sending {
  /** The last time. */
  readonly sentAt: number;
  readonly firstSentAt?: number | undefined;
}

/** Adds the round trip to an answer that has a receipt. Times in milliseconds of one clock. */
export function withRoundTrip(answer: Prediction, sending: Sending, now: number): ClientPrediction {
  const { timing, ...rest } = answer;
  if (timing === undefined) return rest;
  const { sentAt, firstSentAt = sentAt } = sending;
  const sinceLastUs = microseconds(sentAt, now);
  const roundTripUs = sinceLastUs < timing.totalUs ? microseconds(firstSentAt, now) : sinceLastUs;
  return { ...rest, timing: { ...timing, roundTripUs } };
}

function microseconds(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) * 1000));
}
