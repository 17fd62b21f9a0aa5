/** Prepares an input for one connection: tags typed arrays, counts rows, checks sizes against the hub's limits. */

import { type WireError, wireError } from '../../shared/errors.js';
import { measureInput } from '../../shared/input.js';
import { type HubLimits, MAX_EXPLAINED_TOKENS, MAX_TIMEOUT_MS } from '../../shared/limits.js';
import { isRecord, type Parsed } from '../../shared/parse.js';
import type { Hello, ModelDescription } from '../../shared/protocol.js';
import type { RequestFields } from '../options.js';
import { exactJsonBytes, JsonSize } from './json-size.js';
import { tagInput } from './typed-arrays.js';

/** An input ready to be sent, and the rows of credit it takes. */
export interface WireInput {
  readonly value: unknown;
  readonly rows: number;
}

/** What Socket.IO and its transport put before a packet's JSON: `451-`, and room for a separator. */
const PREFIX_BYTES = 8;
/**
 * `["predict",{"input":,"id":,"timeoutMs":,"model":"","stream":"","key":"","timing":false,"explain":false,
 * "subject":""}]` with the longest id and timeout.
 */
const ENVELOPE_BYTES = 165;
/** A character of a key or subject may need escaping. */
const KEY_UNIT_BYTES = 6;

/**
 * Prepares a captured input. Only errors that would cost the connection, or that no hub could report better, are raised
 * here.
 */
export function prepareInput(
  captured: unknown,
  fields: RequestFields,
  hello: Hello,
  base64: boolean,
): Parsed<WireInput> {
  const description = findModel(hello, fields.model);
  const value = tagInput(captured, description);
  const error = checkSize(value, fields, hello.limits, base64);
  if (error !== undefined) return { ok: false, error };
  const rows = fields.explain === true ? 1 + MAX_EXPLAINED_TOKENS : countRows(value, description, hello.limits);
  // The hub rejects a request with too many rows; here it must not wait for credit that never comes.
  return { ok: true, value: { value, rows: Math.min(rows, hello.limits.maxInFlightRows) } };
}

/**
 * Estimates the rows of an input for an unknown model: texts and nested arrays count as batches, other values as one
 * example.
 */
export function guessRows(input: unknown): number {
  if (Array.isArray(input) && (typeof input[0] === 'string' || typeof input[0] === 'object')) return input.length;
  if (!isRecord(input) || !Array.isArray(input.shape) || input.shape.length < 2) return 1;
  const rows: unknown = input.shape[0];
  return typeof rows === 'number' && rows >= 1 ? rows : 1;
}

function countRows(value: unknown, description: ModelDescription | undefined, limits: HubLimits): number {
  if (description === undefined) return guessRows(value);
  const model = { ref: `${description.name}@${description.version}`, inputs: description.inputs };
  const measured = measureInput(value, model, limits);
  return measured.ok ? measured.value.rows : 1;
}

/** The model a request is for, as far as the hello tells. */
function findModel(hello: Hello, reference = hello.defaultModel): ModelDescription | undefined {
  let found: ModelDescription | undefined;
  for (const model of hello.models) {
    if (reference !== model.name && reference !== `${model.name}@${model.version}`) continue;
    if (found === undefined || Number(model.version) > Number(found.version)) found = model;
  }
  return found;
}

function checkSize(value: unknown, fields: RequestFields, limits: HubLimits, base64: boolean): WireError | undefined {
  if (value === undefined || value === null) return wireError('INVALID_INPUT', 'input is missing; give a value');
  const limit = Math.min(limits.maxJsonBytes, limits.maxFrameBytes) - PREFIX_BYTES;
  const size = new JsonSize();
  const problem = size.add(value, 'input', limit);
  if (problem !== undefined) return wireError('INVALID_INPUT', problem);
  if (size.atLeast > limit) return tooLarge(`input takes at least ${size.atLeast} bytes of JSON`, limits);
  const largest = base64 ? Math.ceil(size.largestAttachment / 3) * 4 + PREFIX_BYTES : size.largestAttachment;
  if (largest > limits.maxFrameBytes) {
    const encoded = base64 ? `${size.largestAttachment} bytes (${largest} in base64)` : `${largest} bytes`;
    return wireError(
      'TOO_LARGE',
      `input has a typed array of ${encoded}, one message may have ${limits.maxFrameBytes}; split it`,
    );
  }
  const { model = '', stream = '', key = '', subject = '' } = fields;
  const names = model.length + stream.length + (key.length + subject.length) * KEY_UNIT_BYTES;
  if (size.atMost + ENVELOPE_BYTES + names <= limit) return undefined;
  const widest = { input: value, id: Number.MAX_SAFE_INTEGER, timeoutMs: MAX_TIMEOUT_MS, ...fields };
  const bytes = exactJsonBytes(['predict', widest]);
  return bytes > limit ? tooLarge(`the request takes ${bytes} bytes of JSON`, limits) : undefined;
}

function tooLarge(what: string, limits: HubLimits): WireError {
  const most = Math.min(limits.maxJsonBytes, limits.maxFrameBytes);
  return wireError(
    'TOO_LARGE',
    `${what}, the hub takes ${most}; split it, or give a typed array, which travels as bytes`,
  );
}
