/** One prediction over HTTP, for when no socket is available. Stateless: no reconnecting, no credit, JSON only. */

import { DEFAULT_TIMEOUT_MS } from '../shared/limits.js';
import { isRecord } from '../shared/parse.js';
import type { PredictInput, Prediction } from '../shared/protocol.js';
import { parseWireError } from './connection/parse-answers.js';
import { whyUnreachable } from './connection/unreachable.js';
import { isTickcastError, localError, TickcastError } from './error.js';
import { optionsMistake } from './misuse.js';
import { PREDICT_OPTIONS, type PredictOptions, requestFields, requestProblem, resolveUrl } from './options.js';
import { JsonSize } from './requests/json-size.js';
import { type ClientPrediction, parsePrediction, withRoundTrip } from './requests/prediction.js';
import { GRACE_MS } from './requests/request.js';
import { tagInput } from './requests/typed-arrays.js';
import { askToken, type TokenSource, tokenProblem } from './token.js';

/** Options of one request over HTTP; `timeoutMs` defaults to 10,000 here. */
export interface HttpOptions<Reference extends string = string> extends PredictOptions<Reference> {
  /** Required when the hub asks for a token. @default none */
  readonly token?: TokenSource | undefined;
}

/**
 * Delays before retrying a request whose connection was lost, in milliseconds. A proxy that reloads its settings closes
 * keep-alive connections that `fetch` is still using; after the delay `fetch` has noticed. Retrying is safe, since
 * predictions are pure.
 */
const REPEAT_AFTER_MS = [50, 200];

/**
 * Requests one prediction from the hub at `url` by `POST /predict`. Rejects with a {@link TickcastError}: the hub's
 * code, INVALID_INPUT (bytes included: give nested numbers), UNAUTHENTICATED (the token function failed), CANCELLED,
 * DEADLINE_EXCEEDED, or INTERNAL (the hub cannot be reached). Rejects immediately with a TypeError for an invalid
 * address or option.
 */
export async function predictOverHttp(
  url: string | URL,
  input: PredictInput,
  options: HttpOptions = {},
): Promise<ClientPrediction> {
  const mistake = optionsMistake(options, { ...PREDICT_OPTIONS, token: 0 });
  if (mistake !== undefined) throw new TypeError(`predictOverHttp: ${mistake}`);
  const hub = resolveUrl(url, 'predictOverHttp').replace(/^ws/, 'http');
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const signal = options.signal ?? undefined;
  const problem = requestProblem(options, timeoutMs) ?? tokenProblem(options.token);
  if (problem !== undefined) throw localError('INVALID_INPUT', problem);
  const body = encode(input, options, timeoutMs);
  const late = new AbortController();
  const onAbort = (): void => {
    late.abort(localError('CANCELLED', 'the request was aborted by its signal', signal?.reason));
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    late.abort(localError('DEADLINE_EXCEEDED', `no answer within ${timeoutMs} ms`));
  }, timeoutMs + GRACE_MS);
  try {
    const token = typeof options.token === 'function' ? await tokenUntil(options.token, late.signal) : options.token;
    const sentAt = performance.now();
    const ask = async (): Promise<Prediction> => {
      const response = await fetch(`${hub}/predict`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body,
        signal: late.signal,
      });
      return read(response.status, await response.text());
    };
    const answer = await persistently(ask, late.signal);
    return withRoundTrip(answer, { sentAt }, performance.now());
  } catch (error) {
    if (isTickcastError(late.signal.reason)) throw late.signal.reason;
    if (isTickcastError(error)) throw error;
    // Node's fetch says only that it failed; its cause says more.
    const { message, cause } = error as Error;
    const why = whyUnreachable(hub, {
      message: cause instanceof Error ? cause.message : message,
      description: { error: cause },
    });
    throw localError('INTERNAL', `the hub at ${hub} cannot be reached: ${why}`, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Retries when no answer was received at all; any answer of a hub is final. */
async function persistently(ask: () => Promise<Prediction>, signal: AbortSignal): Promise<Prediction> {
  for (const waitMs of REPEAT_AFTER_MS) {
    try {
      return await ask();
    } catch (error) {
      if (isTickcastError(error)) throw error;
      if (!signal.aborted) await pause(waitMs, signal);
      if (signal.aborted) throw error;
    }
  }
  return ask();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** The token from the function, unless the signal is aborted first. */
async function tokenUntil(source: Exclude<TokenSource, string>, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([askToken(source), late]);
}

function encode(raw: unknown, options: PredictOptions, timeoutMs: number): string {
  const input = tagInput(raw, undefined);
  const size = new JsonSize();
  const problem = size.add(input, 'input', Number.MAX_SAFE_INTEGER);
  if (problem !== undefined) throw localError('INVALID_INPUT', problem);
  if (size.attachments > 0) throw localError('INVALID_INPUT', 'bytes cannot be sent over HTTP; give nested numbers');
  return JSON.stringify({ input, ...requestFields(options), timeoutMs: Math.max(1, timeoutMs) });
}

function read(status: number, text: string): Prediction {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const prediction = parsePrediction(body);
  if (prediction !== undefined) return prediction;
  const error = parseWireError(isRecord(body) ? body.error : undefined);
  if (error !== undefined) throw new TickcastError(error);
  throw localError('INTERNAL', `HTTP ${status} with a body that is no answer of a Tickcast hub; check the address`);
}
