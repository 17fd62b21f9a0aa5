/** Parsers of the hub's answers: `unknown` in, typed values out; undefined when malformed. Never throws. */

import { isErrorCode, type WireError, wireError } from '../../shared/errors.js';
import type { HubLimits } from '../../shared/limits.js';
import { isRecord } from '../../shared/parse.js';
import type { Goaway, Hello, ModelDescription } from '../../shared/protocol.js';
import { isDType } from '../../shared/tensor.js';

/** An error of the hub. An unknown code, from a newer hub, becomes INTERNAL and keeps its `retryable`. */
export function parseWireError(raw: unknown): WireError | undefined {
  if (!isRecord(raw) || typeof raw.code !== 'string' || typeof raw.message !== 'string') return undefined;
  const { code, message, retryable, retryAfterMs } = raw;
  const wait = typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined;
  if (isErrorCode(code)) return wireError(code, message, wait);
  return { ...wireError('INTERNAL', `${code}: ${message}`, wait), retryable: retryable === true };
}

const LIMITS = ['maxFrameBytes', 'maxJsonBytes', 'maxRequestRows', 'maxInFlightRows', 'maxTextLength'] as const;

/**
 * The hub's first event. Its `protocol` may be one that this client does not speak. A model whose inputs are of a kind
 * that came later is left out: a request for it is the hub's to check.
 */
export function parseHello(raw: unknown): Hello | undefined {
  if (!isRecord(raw) || typeof raw.protocol !== 'number' || typeof raw.session !== 'string') return undefined;
  if (!isLimits(raw.limits) || !Array.isArray(raw.models) || !raw.models.every(isModel)) return undefined;
  return { ...(raw as unknown as Hello), models: raw.models.filter(({ inputs }) => inputs.every(isInputSpec)) };
}

function isLimits(raw: unknown): raw is HubLimits {
  if (!isRecord(raw)) return false;
  return LIMITS.every((name) => Number.isSafeInteger(raw[name]) && Number(raw[name]) >= 1);
}

function isModel(raw: unknown): raw is ModelDescription {
  return isRecord(raw) && typeof raw.name === 'string' && typeof raw.version === 'string' && Array.isArray(raw.inputs);
}

function isInputSpec(raw: unknown): boolean {
  if (!isRecord(raw) || typeof raw.name !== 'string' || !Array.isArray(raw.shape)) return false;
  return (isDType(raw.dtype) || raw.dtype === 'string') && raw.shape.every((size) => Number.isSafeInteger(size));
}

export function parseGoaway(raw: unknown): Goaway | undefined {
  if (!isRecord(raw) || typeof raw.graceMs !== 'number') return undefined;
  return { reason: 'draining', graceMs: raw.graceMs };
}
