/** Parsers of requests: `unknown` in, a typed value or a wire error out. Never throws. */

import { type WireError, wireError } from './errors.js';
import {
  DEFAULT_TIMEOUT_MS,
  MAX_ID_LENGTH,
  MAX_KEY_LENGTH,
  MAX_SUBJECT_LENGTH,
  MAX_TIMEOUT_MS,
  MODEL_NAME,
  MODEL_VERSION,
  STREAM_NAME,
} from './limits.js';
import type { RequestId } from './protocol.js';

/** A parsed value, or the error INVALID_INPUT. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** A predict request whose envelope has been checked; `input` is checked later, against the model it names. */
export interface PredictEnvelope {
  readonly input: unknown;
  readonly id: RequestId | undefined;
  /** `name` or `name@version`, well-formed. */
  readonly model: string | undefined;
  readonly timeoutMs: number;
  /** The stream the prediction is cast to, in addition to being answered. */
  readonly stream?: string | undefined;
  /** Latest wins per origin and model. */
  readonly key?: string | undefined;
  /** Whether the answer carries its receipt. @default the hub's setting */
  readonly timing?: boolean | undefined;
  /** Whether the answer gives each token's contribution to the score. @default false */
  readonly explain?: boolean | undefined;
  /** Whom its input is about; stands hashed in the prediction log. 1 to 128 characters. */
  readonly subject?: string | undefined;
}

/** A parsed envelope, or an error with the request id and model it belongs to, where those are valid. */
export type ParsedPredict =
  | { readonly ok: true; readonly value: PredictEnvelope }
  | {
      readonly ok: false;
      readonly error: WireError;
      readonly id: RequestId | undefined;
      readonly model: string | undefined;
    };

/** A failed {@link Parsed}. */
export function invalid(message: string): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: wireError('INVALID_INPUT', message) };
}

/** Parses the payload of a `predict` event or the body of a REST predict request. */
export function parsePredict(raw: unknown): ParsedPredict {
  if (!isRecord(raw))
    return refused(`predict expects an object { input, id?, model?, timeoutMs? }, got ${describe(raw)}`);
  const given = raw.id ?? undefined;
  const id = isRequestId(given) ? given : undefined;
  const named = raw.model ?? undefined;
  const model = isModelReference(named) ? named : undefined;
  const refuse = (message: string): ParsedPredict => ({ ...refused(message), id, model });
  if (given !== id)
    return refuse(`id must be a string of 1 to ${MAX_ID_LENGTH} characters or an integer >= 0, got ${describe(given)}`);
  if (named !== model) {
    const form = '"name" or "name@version" (lower-case letters, digits, ".", "_", "-"; a version is an integer >= 1)';
    return refuse(`model must be ${form}, got ${describe(named)}`);
  }
  const timeoutMs = raw.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS)) {
    return refuse(`timeoutMs must be a number from 1 to ${MAX_TIMEOUT_MS}, got ${describe(timeoutMs)}`);
  }
  if (raw.input === undefined || raw.input === null) {
    return refuse('input is missing; give { input: ... } in the form that the model expects');
  }
  const problem = castProblem(raw);
  if (problem !== undefined) return refuse(problem);
  const { input, stream, key, timing, explain, subject } = raw as {
    input: unknown;
    stream?: string;
    key?: string;
    timing?: boolean;
    explain?: boolean;
    subject?: string;
  };
  return {
    ok: true,
    value: {
      input,
      id,
      model,
      timeoutMs,
      stream: stream ?? undefined,
      key: key ?? undefined,
      timing: timing ?? undefined,
      explain: explain ?? undefined,
      subject: subject ?? undefined,
    },
  };
}

/** What is wrong with the optional fields `stream`, `key`, `timing`, `explain` and `subject`; undefined when they are valid. */
export function castProblem(raw: {
  readonly stream?: unknown;
  readonly key?: unknown;
  readonly timing?: unknown;
  readonly explain?: unknown;
  readonly subject?: unknown;
}): string | undefined {
  const { stream, key, timing, explain, subject } = raw;
  if (stream !== undefined && stream !== null && !isStreamName(stream)) return streamNameProblem(stream);
  if (key !== undefined && key !== null && !isWithin(key, MAX_KEY_LENGTH)) {
    return `key must be a string of 1 to ${MAX_KEY_LENGTH} characters, got ${describe(key)}`;
  }
  if (timing !== undefined && timing !== null && typeof timing !== 'boolean') {
    return `timing must be true or false, got ${describe(timing)}`;
  }
  if (subject !== undefined && subject !== null && !isWithin(subject, MAX_SUBJECT_LENGTH)) {
    return `subject must be a string of 1 to ${MAX_SUBJECT_LENGTH} characters, got ${describe(subject)}`;
  }
  if (explain !== undefined && explain !== null && typeof explain !== 'boolean') {
    return `explain must be true or false, got ${describe(explain)}`;
  }
  return undefined;
}

/** True for a valid stream name. */
export function isStreamName(value: unknown): value is string {
  return typeof value === 'string' && STREAM_NAME.test(value);
}

export function streamNameProblem(value: unknown): string {
  return `stream must be 1 to 64 letters, digits, ".", "_", "-" or "/", beginning with a letter or a digit, got ${describe(value)}`;
}

/** A string of 1 to `most` characters. */
function isWithin(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= most;
}

function refused(message: string): ParsedPredict & { readonly ok: false } {
  return { ...invalid(message), id: undefined, model: undefined };
}

/** Parses the payload of a `cancel` event. */
export function parseCancel(raw: unknown): Parsed<{ readonly id: RequestId }> {
  const id = isRecord(raw) ? raw.id : undefined;
  if (!isRequestId(id))
    return invalid(`cancel expects { id } with the id of a request in flight, got ${describe(raw)}`);
  return { ok: true, value: { id } };
}

/** True for a valid request id. */
export function isRequestId(value: unknown): value is RequestId {
  if (typeof value === 'string') return value.length >= 1 && value.length <= MAX_ID_LENGTH;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** True for a well-formed `name` or `name@version`. */
export function isModelReference(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const at = value.indexOf('@');
  if (at < 0) return MODEL_NAME.test(value);
  return MODEL_NAME.test(value.slice(0, at)) && MODEL_VERSION.test(value.slice(at + 1));
}

/** The name in a reference `name` or `name@version`. */
export function modelNameOf(reference: string): string {
  const at = reference.indexOf('@');
  return at < 0 ? reference : reference.slice(0, at);
}

/** True for anything with properties: not null, but arrays and bytes too. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** True for an object that is neither null, an array nor bytes. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof ArrayBuffer)
  );
}

/** A short description of any value for a message; never its full content. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  switch (typeof value) {
    case 'string':
      return value.length <= 40 ? JSON.stringify(value) : `a string of ${value.length} characters`;
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? `${value.byteLength} bytes` : 'an object';
    default:
      return `a ${typeof value}`;
  }
}
