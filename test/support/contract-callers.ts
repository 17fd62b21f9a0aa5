/**
 * The ways to call a hub, with one interface: Socket.IO events, acknowledgements, REST and in-process calls. Each
 * watches for unexpected answers.
 */

import { Agent, request } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import { parseWireError } from '../../client/connection/parse-answers.js';
import { parsePrediction } from '../../client/requests/prediction.js';
import type { Outcome } from '../../server/contracts/outcome.js';
import type { Hub } from '../../server/core/hub.js';
import { ERRORS, type WireError, wireError } from '../../shared/errors.js';
import { DEFAULT_TIMEOUT_MS } from '../../shared/limits.js';
import { readPrediction } from '../../shared/output.js';
import { isRecord } from '../../shared/parse.js';
import type { Prediction, RequestId } from '../../shared/protocol.js';

export interface Ask {
  readonly input: unknown;
  readonly model?: unknown;
  readonly timeoutMs?: unknown;
  /** Not over REST, which has none. */
  readonly id?: RequestId;
  /** True to send no id when `id` is absent: answers then come in request order. Otherwise the caller invents one. */
  readonly anonymous?: boolean;
}

export type Answer =
  | { readonly ok: true; readonly value: Prediction }
  | { readonly ok: false; readonly error: WireError };

export interface Asked {
  readonly answer: Promise<Answer>;
  /** By id if there are ids, by closing the connection over REST. */
  cancel(): void;
}

export interface Caller {
  ask(ask: Ask): Asked;
  /** Observed faults: unexpected answers, a second answer, a settlement from inside `submit`. */
  readonly strays: readonly string[];
  /** Request numbers, in the order of their answers. */
  readonly order: readonly number[];
  close(): Promise<void>;
}

export interface HubPlace {
  readonly hub: Hub;
  readonly url: string;
}

export type OpenCaller = (place: HubPlace) => Promise<Caller>;

export const CALLERS = {
  'Socket.IO events': (place: HubPlace) => openSocketCaller(place.url, false),
  'Socket.IO acknowledgements': (place: HubPlace) => openSocketCaller(place.url, true),
  'POST /predict': async (place: HubPlace) => new RestCaller(place.url, '/predict'),
  'POST /infer': async (place: HubPlace) => new RestCaller(place.url, '/infer'),
  'hub.submit': async (place: HubPlace) => new SubmitCaller(place.hub),
  'hub.predict': async (place: HubPlace) => new PredictCaller(place.hub),
} as const satisfies Record<string, OpenCaller>;

export type CallerName = keyof typeof CALLERS;

/** An answer as a hub sends it: a prediction, or an error. Anything else is a fault of the hub. */
export function readAnswer(raw: unknown): Answer {
  const value = parsePrediction(raw);
  if (value !== undefined) return { ok: true, value };
  const error = parseWireError(isRecord(raw) && 'error' in raw ? raw.error : raw);
  if (error === undefined) throw new Error(`no answer of a hub: ${JSON.stringify(raw)}`);
  return { ok: false, error };
}

/** A raw socket.io-client socket, connected. */
export async function openSocket(url: string, options: object = {}): Promise<Socket> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: 60_000,
    ...options,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', reject);
  });
  return socket;
}

async function openSocketCaller(url: string, acknowledged: boolean): Promise<Caller> {
  return new SocketCaller(await openSocket(url), acknowledged);
}

class SocketCaller implements Caller {
  readonly strays: string[] = [];
  readonly order: number[] = [];
  readonly #socket: Socket;
  readonly #acknowledged: boolean;
  readonly #waiting = new Map<number, { readonly id: RequestId | undefined; settle(answer: Answer): void }>();
  #asked = 0;

  constructor(socket: Socket, acknowledged: boolean) {
    this.#socket = socket;
    this.#acknowledged = acknowledged;
    const hear = (raw: unknown): void => {
      const n = isRecord(raw) ? raw.n : undefined;
      const waiting = typeof n === 'number' ? this.#waiting.get(n) : undefined;
      if (waiting === undefined || typeof n !== 'number' || !isRecord(raw) || raw.id !== waiting.id) {
        this.strays.push(JSON.stringify(raw));
        return;
      }
      this.#waiting.delete(n);
      this.order.push(n);
      waiting.settle(readAnswer(raw));
    };
    socket.on('prediction', hear);
    socket.on('prediction_error', hear);
  }

  ask(ask: Ask): Asked {
    const n = this.#asked++;
    const { anonymous = false, ...request } = ask;
    const id = ask.id ?? (anonymous ? undefined : `request ${n}`);
    const payload = id === undefined ? request : { ...request, id };
    const cancel = (): void => void this.#socket.emit('cancel', { id });
    const answer = new Promise<Answer>((settle) => {
      if (!this.#acknowledged) {
        this.#waiting.set(n, { id, settle });
        this.#socket.emit('predict', payload);
        return;
      }
      this.#socket.emit('predict', payload, (raw: unknown) => {
        this.order.push(n);
        settle(readAnswer(raw));
      });
    });
    return { answer, cancel };
  }

  async close(): Promise<void> {
    this.#socket.disconnect();
  }
}

class RestCaller implements Caller {
  readonly strays: string[] = [];
  readonly order: number[] = [];
  readonly #url: string;
  readonly #path: string;
  readonly #agent = new Agent({ keepAlive: true });
  #asked = 0;

  constructor(url: string, path: string) {
    this.#url = url;
    this.#path = path;
  }

  ask({ input, model, timeoutMs }: Ask): Asked {
    const n = this.#asked++;
    const controller = new AbortController();
    const body = JSON.stringify({ input, model, timeoutMs });
    const answer = post(this.#url, this.#path, body, this.#agent, controller.signal).then((reply) => {
      this.order.push(n);
      if (reply === undefined) return { ok: false as const, error: wireError('CANCELLED', 'cancelled: by this end') };
      const read = readAnswer(reply.body);
      const status = read.ok ? 200 : ERRORS[read.error.code].status;
      if (reply.status !== status) this.strays.push(`status ${reply.status} for ${JSON.stringify(reply.body)}`);
      return read;
    });
    return { answer, cancel: () => controller.abort() };
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** One POST; undefined when the signal aborted it. */
export function post(
  url: string,
  path: string,
  body: string | Uint8Array,
  agent: Agent,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Reply | undefined> {
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(body));
    const sent = request(
      new URL(path, url),
      {
        method: 'POST',
        agent,
        ...(signal === undefined ? {} : { signal }),
        headers: { 'content-type': 'application/json', 'content-length': length, ...headers },
      },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          try {
            resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: JSON.parse(text) });
          } catch {
            reject(new Error(`the reply is no JSON: ${text.slice(0, 200)}`));
          }
        });
        reply.on('error', reject);
      },
    );
    sent.on('error', (error) => (signal?.aborted ? resolve(undefined) : reject(error)));
    sent.end(body);
  });
}

class SubmitCaller implements Caller {
  readonly strays: string[] = [];
  readonly order: number[] = [];
  readonly #hub: Hub;
  readonly #origin;
  #asked = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
    this.#origin = hub.openOrigin('contract');
  }

  ask({ input, id, model, timeoutMs = DEFAULT_TIMEOUT_MS }: Ask): Asked {
    const n = this.#asked++;
    let settlements = 0;
    let inside = true;
    let cancel = (): void => undefined;
    const answer = new Promise<Answer>((resolve) => {
      const settle = (outcome: Outcome): void => {
        if (inside) this.strays.push(`request ${n} was settled from inside submit`);
        settlements += 1;
        if (settlements > 1) this.strays.push(`request ${n} was settled ${settlements} times`);
        this.order.push(n);
        if (!outcome.ok) resolve(outcome);
        else resolve({ ok: true, value: readPrediction(outcome.model, outcome.output, outcome.batched) });
      };
      const request = { input, id, model: typeof model === 'string' ? model : undefined, timeoutMs: Number(timeoutMs) };
      const verdict = this.#hub.submit(request, this.#origin, settle);
      inside = false;
      if (verdict.accepted) cancel = () => void this.#hub.cancel(verdict.pending);
      else {
        settlements += 1;
        resolve({ ok: false, error: verdict.error });
      }
    });
    return { answer, cancel: () => cancel() };
  }

  async close(): Promise<void> {
    this.#hub.closeOrigin(this.#origin);
  }
}

class PredictCaller implements Caller {
  readonly strays: string[] = [];
  readonly order: number[] = [];
  readonly #hub: Hub;
  readonly #origin;
  #asked = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
    this.#origin = hub.openOrigin('contract');
  }

  ask(ask: Ask): Asked {
    const n = this.#asked++;
    // The type binds callers; this caller sends invalid requests on purpose now and then.
    const answer = this.#hub.predict(ask as Parameters<Hub['predict']>[0], { origin: this.#origin }).then(
      (value): Answer => ({ ok: true, value }),
      (cause: unknown): Answer => readAnswer(cause),
    );
    void answer.then(() => this.order.push(n));
    return { answer, cancel: () => ask.id !== undefined && void this.#hub.cancelById(this.#origin, ask.id) };
  }

  async close(): Promise<void> {
    this.#hub.closeOrigin(this.#origin);
  }
}
