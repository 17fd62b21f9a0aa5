/** The receipt of a prediction as the client gives it: the hub's own parts, and the way there and back. */

import type { Prediction, Timing } from '../shared/protocol.js';

/** Where the time of a prediction went. What `roundTripUs` has over `totalUs` was spent on the way, at both ends and between. */
export interface ClientTiming extends Timing {
  /** From sending to answer on this client's clock, in microseconds. */
  readonly roundTripUs: number;
}

/** A prediction as a client gives it. */
export interface ClientPrediction extends Prediction {
  readonly timing?: ClientTiming;
}

/** Adds the round trip to an answer that has a receipt. Times in milliseconds of one clock. */
export function withRoundTrip(answer: Prediction, sentAt: number, now: number): ClientPrediction {
  const { timing, ...rest } = answer;
  if (timing === undefined) return rest;
  const roundTripUs = Math.max(0, Math.round((now - sentAt) * 1000));
  return { ...rest, timing: { ...timing, roundTripUs } };
}
