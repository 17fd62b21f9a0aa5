/** The options of a client and of one request: types, defaults, ranges. */

import { DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS } from '../shared/limits.js';
import { castProblem, describe, isModelReference } from '../shared/parse.js';
import { type OptionTypes, optionsMistake } from './misuse.js';
import { type TokenSource, tokenProblem } from './token.js';

/** A transport of Socket.IO. */
export type TransportName = 'websocket' | 'polling';

/** Options of `connect()`. */
export interface ClientOptions {
  /** Timeout of a request, in milliseconds from the call, 1 to 60,000. @default 10000 */
  readonly timeoutMs?: number | undefined;
  /** Timeout of one attempt to connect, up to the hub's `hello`, in milliseconds, 100 to 60,000. @default 5000 */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Delay before the first new attempt, in milliseconds, 1 to 60,000; doubles with each attempt, with a jitter of half
   * either way. @default 250
   */
  readonly reconnectMinMs?: number | undefined;
  /** Longest delay before a new attempt, before jitter, in milliseconds, 1 to 60,000. @default 5000 */
  readonly reconnectMaxMs?: number | undefined;
  /**
   * Rows that may wait in the client for credit or a connection, 0 to 1,000,000; requests beyond it are rejected with
   * OVERLOADED. @default 10000
   */
  readonly maxQueuedRows?: number | undefined;
  /** Transports in the order in which they are tried. @default ['websocket', 'polling'] */
  readonly transports?: readonly TransportName[] | undefined;
  /**
   * Path of the hub's Socket.IO endpoint on its host, where it differs from the standard one. @default the path of the
   * address, and '/socket.io/'
   */
  readonly path?: string | undefined;
  /**
   * The token, when the hub asks for one. A function is called for each attempt to connect, so an expiring token is
   * renewed when the hub closes the connection. If the function fails, so does the attempt. @default none
   */
  readonly token?: TokenSource | undefined;
}

/** Options of one request. */
export interface PredictOptions<Reference extends string = string> {
  /** `name` or `name@version`. @default the hub's default model */
  readonly model?: Reference | undefined;
  /** Milliseconds from the call, 1 to 60,000. @default the client's */
  readonly timeoutMs?: number | undefined;
  /** Aborts the request: it is rejected with CANCELLED immediately, and the hub is told. */
  readonly signal?: AbortSignal | undefined;
  /** Also casts the prediction to every subscriber of this stream. */
  readonly stream?: string | undefined;
  /**
   * Latest wins: a newer request with the same key and the same `model` replaces one that is still queued, which is
   * rejected with SUPERSEDED. 1 to 64 characters.
   */
  readonly key?: string | undefined;
  /** False leaves `timing` out of the answer. @default true */
  readonly timing?: boolean | undefined;
  /** True returns each token's contribution to the score of the label as `words`, for a single text. @default false */
  readonly explain?: boolean | undefined;
  /** Whom the input is about; hashed in the hub's prediction log, whose lines can be erased by it. */
  readonly subject?: string | undefined;
}

/** Options of `ready()`. */
export interface ReadyOptions {
  /** Milliseconds to wait. @default the client's `timeoutMs` */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** {@link ClientOptions} with every default filled in. */
export interface ResolvedOptions {
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  readonly maxQueuedRows: number;
  readonly transports: readonly TransportName[];
  readonly path: string;
  readonly token: TokenSource | undefined;
}

const NUMBERS = {
  timeoutMs: { standard: DEFAULT_TIMEOUT_MS, min: 1, max: MAX_TIMEOUT_MS },
  connectTimeoutMs: { standard: 5_000, min: 100, max: 60_000 },
  reconnectMinMs: { standard: 250, min: 1, max: 60_000 },
  reconnectMaxMs: { standard: 5_000, min: 1, max: 60_000 },
  maxQueuedRows: { standard: 10_000, min: 0, max: 1_000_000 },
} as const;

const TRANSPORTS: readonly TransportName[] = ['websocket', 'polling'];

const CLIENT_OPTIONS: OptionTypes<ClientOptions> = { ...NUMBERS, transports: 0, path: 0, token: 0 };

/** The options of one request. */
export const PREDICT_OPTIONS: OptionTypes<PredictOptions> = {
  model: 'string',
  timeoutMs: 'number',
  signal: 'signal',
  stream: 'string',
  key: 'string',
  timing: 'boolean',
  explain: 'boolean',
  subject: 'string',
};

/** Those of `ready()`. */
export const READY_OPTIONS: OptionTypes<ReadyOptions> = { timeoutMs: 'number', signal: 'signal' };

/** Fills in defaults for a hub at `url`, resolved. Throws a TypeError that names every invalid option. */
export function resolveOptions(options: ClientOptions, url: string): ResolvedOptions {
  const mistake = optionsMistake(options, CLIENT_OPTIONS);
  const problems = mistake === undefined ? [] : [mistake];
  if (typeof options !== 'object' || options === null) throw new TypeError(`connect: ${mistake}`);
  const number = (name: keyof typeof NUMBERS): number => {
    const { standard, min, max } = NUMBERS[name];
    const value: unknown = options[name] ?? standard;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    problems.push(`${name} must be a number from ${min} to ${max}, got ${String(value)}`);
    return standard;
  };
  const transports = options.transports ?? TRANSPORTS;
  if (!Array.isArray(transports) || transports.length === 0 || !transports.every((name) => TRANSPORTS.includes(name))) {
    problems.push(`transports must list websocket, polling or both, got ${String(transports)}`);
  }
  const path: unknown = options.path ?? `${new URL(url).pathname.replace(/\/$/, '')}/socket.io/`;
  if (typeof path !== 'string' || !path.startsWith('/')) {
    problems.push(`path must start with "/", got ${String(path)}`);
  }
  const token = options.token ?? undefined;
  const aboutToken = tokenProblem(token);
  if (aboutToken !== undefined) problems.push(aboutToken);
  const resolved = {
    timeoutMs: number('timeoutMs'),
    connectTimeoutMs: number('connectTimeoutMs'),
    reconnectMinMs: number('reconnectMinMs'),
    reconnectMaxMs: number('reconnectMaxMs'),
    maxQueuedRows: number('maxQueuedRows'),
    transports,
    path: String(path),
    token,
  };
  if (problems.length > 0) throw new TypeError(`connect: ${problems.join('; ')}`);
  return resolved;
}

/**
 * The hub's address, validated: its origin and, for a hub under a path, that path, without a slash at the end. Query
 * and fragment are left out. Throws a TypeError when it is invalid.
 */
export function resolveUrl(url: string | URL, call = 'connect'): string {
  const base = globalThis.location?.href;
  let parsed: URL | undefined;
  try {
    parsed = new URL(url, base);
  } catch {
    parsed = undefined;
  }
  if (parsed === undefined || !['http:', 'https:', 'ws:', 'wss:'].includes(parsed.protocol)) {
    throw new TypeError(`${call}: expected the hub's address, such as http://localhost:3000, got "${String(url)}"`);
  }
  // Browsers and fetch refuse such an address, in words that name no remedy.
  if (parsed.username !== '' || parsed.password !== '') {
    throw new TypeError(`${call}: no password in the address; give the option token`);
  }
  return parsed.origin + parsed.pathname.replace(/\/+$/, '');
}

/** What is wrong with the options of one request; undefined when they are valid. */
export function requestProblem(options: Omit<PredictOptions, 'timeoutMs'>, timeoutMs: number): string | undefined {
  const { model } = options;
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    return `timeoutMs must be a number above 0, ${MAX_TIMEOUT_MS} at most, got ${String(timeoutMs)}`;
  }
  if (model === undefined || isModelReference(model)) return castProblem(options);
  return `model must be "name" or "name@version" (lower-case letters, digits, ".", "_", "-"; a version is an integer >= 1), got ${describe(model)}`;
}

/** The fields of a `predict` event besides its input and timeout. */
export interface RequestFields {
  readonly model?: string;
  readonly stream?: string;
  readonly key?: string;
  readonly timing?: boolean;
  readonly explain?: boolean;
  readonly subject?: string;
}

/** The fields of a request besides its input and timeout: only those that were given. */
export function requestFields({ model, stream, key, timing, explain, subject }: PredictOptions): RequestFields {
  return {
    ...(model !== undefined && { model }),
    ...(stream !== undefined && stream !== null && { stream }),
    ...(key !== undefined && key !== null && { key }),
    ...(timing !== undefined && timing !== null && { timing }),
    ...(explain !== undefined && explain !== null && { explain }),
    ...(subject !== undefined && subject !== null && { subject }),
  };
}
