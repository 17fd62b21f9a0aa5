/** Parses a prediction for the client and adds the round trip to its receipt. Never throws. */

import { isRecord } from '../../shared/parse.js';
import type { Prediction, ReceiptParts, Timing } from '../../shared/protocol.js';

/**
 * Where the time of a prediction went. `roundTripUs - totalUs` is time outside the hub: in transit and at both ends.
 */
export interface ClientTiming extends Timing {
  /**
   * From sending to the answer by this client's clock, in microseconds. For a request re-sent after a lost connection:
   * from the last sending, or from the first when the hub had been working on it for longer than that.
   */
  readonly roundTripUs: number;
}

/** A prediction as returned by a client. */
export interface ClientPrediction extends Prediction {
  readonly timing?: ClientTiming;
}

/** When a request was sent, in milliseconds. */
export interface Sending {
  /** The last time. */
  readonly sentAt: number;
  readonly firstSentAt?: number | undefined;
}

/** The fields of a prediction that are named here: a new one is added here too. Undefined when malformed. */
export function parsePrediction(raw: unknown): Prediction | undefined {
  if (!isRecord(raw) || typeof raw.model !== 'string' || raw.prediction === undefined) return undefined;
  // Nothing here depends on the values, so they are passed on as declared.
  const { prediction, model, label, score, words } = raw as unknown as Prediction;
  const timing = parseTiming(raw.timing);
  return {
    prediction,
    model,
    ...(label !== undefined && score !== undefined && { label, score }),
    ...(timing !== undefined && { timing }),
    ...(words !== undefined && { words }),
  };
}

/** A receipt; undefined when incomplete. */
function parseTiming(raw: unknown): Timing | undefined {
  const parts = parseReceipt(raw);
  if (parts === undefined || !isRecord(raw)) return undefined;
  const { batchRows, engine } = raw;
  return isAmount(batchRows) && typeof engine === 'string' ? { ...parts, batchRows, engine } : undefined;
}

/** The parts of a receipt, in microseconds. */
export function parseReceipt(raw: unknown): ReceiptParts | undefined {
  if (!isRecord(raw)) return undefined;
  const { queueUs, batchUs, inferUs, totalUs } = raw;
  if (!isAmount(queueUs) || !isAmount(batchUs) || !isAmount(inferUs) || !isAmount(totalUs)) return undefined;
  return { queueUs, batchUs, inferUs, totalUs };
}

/** True for a finite number >= 0. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

/** Adds the round trip to an answer with a receipt. Times are milliseconds of one clock. */
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
