/** A prediction as the client gives it, out of what came: with its receipt, to which the way there and back is added. Never throws. */

import { isRecord } from '../../shared/parse.js';
import type { Prediction, ReceiptParts, Timing } from '../../shared/protocol.js';

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

/** The fields of a prediction that are named here, so that a new one is added here too; undefined for what is no prediction. */
export function parsePrediction(raw: unknown): Prediction | undefined {
  if (!isRecord(raw) || typeof raw.model !== 'string' || raw.prediction === undefined) return undefined;
  // The values are the hub's: nothing here depends on them, so they are passed on as declared.
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

/** A receipt; one that is not whole is none. */
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

/** True for a finite number that is not negative. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
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
