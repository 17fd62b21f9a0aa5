/** `unknown` from the hub in, typed values out; undefined for what is no such thing. Never throws. */

import { isErrorCode, type WireError, wireError } from '../../shared/errors.js';
import type { HubLimits } from '../../shared/limits.js';
import { isRecord } from '../../shared/parse.js';
import type { Goaway, Hello, ModelDescription, Prediction, ReceiptParts, Timing } from '../../shared/protocol.js';
import { isDType } from '../../shared/tensor.js';

/** The fields of a prediction, without those that say which request it answers. */
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

/** An error of the hub. A code that a newer hub added is INTERNAL here, with that hub's word on retrying. */
export function parseWireError(raw: unknown): WireError | undefined {
  if (!isRecord(raw) || typeof raw.code !== 'string' || typeof raw.message !== 'string') return undefined;
  const { code, message, retryable, retryAfterMs } = raw;
  const wait = typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined;
  if (isErrorCode(code)) return wireError(code, message, wait);
  return { ...wireError('INTERNAL', `${code}: ${message}`, wait), retryable: retryable === true };
}

const LIMITS = ['maxFrameBytes', 'maxJsonBytes', 'maxRequestRows', 'maxInFlightRows', 'maxTextLength'] as const;

/** The hub's first event. `protocol` may be one that this client does not speak. */
export function parseHello(raw: unknown): Hello | undefined {
  if (!isRecord(raw) || typeof raw.protocol !== 'number' || typeof raw.session !== 'string') return undefined;
  if (!isLimits(raw.limits) || !Array.isArray(raw.models) || !raw.models.every(isModelDescription)) return undefined;
  return raw as unknown as Hello;
}

function isLimits(raw: unknown): raw is HubLimits {
  if (!isRecord(raw)) return false;
  return LIMITS.every((name) => Number.isSafeInteger(raw[name]) && Number(raw[name]) >= 1);
}

function isModelDescription(raw: unknown): raw is ModelDescription {
  if (!isRecord(raw) || typeof raw.name !== 'string' || typeof raw.version !== 'string') return false;
  return Array.isArray(raw.inputs) && raw.inputs.every(isInputSpec);
}

function isInputSpec(raw: unknown): boolean {
  if (!isRecord(raw) || typeof raw.name !== 'string' || !Array.isArray(raw.shape)) return false;
  return (isDType(raw.dtype) || raw.dtype === 'string') && raw.shape.every((size) => Number.isSafeInteger(size));
}

export function parseGoaway(raw: unknown): Goaway | undefined {
  if (!isRecord(raw) || typeof raw.graceMs !== 'number') return undefined;
  return { reason: 'draining', graceMs: raw.graceMs };
}
