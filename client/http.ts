/** One prediction over HTTP, where no socket can be had. Stateless: no reconnecting, no credit, JSON only. */

import { DEFAULT_TIMEOUT_MS } from '../shared/limits.js';
import { isRecord } from '../shared/parse.js';
import type { PredictInput, Prediction } from '../shared/protocol.js';
import { parseWireError } from './connection/parse-answers.js';
import { isTickcastError, localError, TickcastError } from './error.js';
import { type PredictOptions, requestFields, requestProblem, resolveUrl } from './options.js';
import { JsonSize } from './requests/json-size.js';
import { type ClientPrediction, parsePrediction, withRoundTrip } from './requests/prediction.js';
import { GRACE_MS } from './requests/request.js';
import { tagInput } from './requests/typed-arrays.js';
import { askToken, type TokenSource, tokenProblem } from './token.js';

/** Options of one request over HTTP. */
export interface HttpOptions<Reference extends string = string> extends PredictOptions<Reference> {
  /** Where the hub asks for one. */
  readonly token?: TokenSource | undefined;
}

/**
 * Waits before a request whose connection was lost is made again, in milliseconds. A proxy that takes on new settings closes connections
 * that `fetch` keeps, while requests leave on them; after the wait `fetch` knows of that. Predictions are pure.
 */
const REPEAT_AFTER_MS = [50, 200];

/** Asks the hub at `url` for one prediction by `POST /predict`. Rejects with a {@link TickcastError}. */
export async function predictOverHttp(
  url: string | URL,
  input: PredictInput,
  options: HttpOptions = {},
): Promise<ClientPrediction> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
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
      const response = await fetch(`${resolveUrl(url)}/predict`, {
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
    throw localError('INTERNAL', `the hub at ${String(url)} cannot be reached; is it running?`, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Asks again when no answer could be had at all; what a hub answers stands. */
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

/** The function's token, unless it is too late for one. */
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
