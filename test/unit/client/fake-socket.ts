/** A socket without a network, driven by the test, and a client on it. */

import { TickcastClient } from '../../../client/client.js';
import type {
  OpenSocket,
  OutgoingRequest,
  SocketListener,
  StreamEventName,
} from '../../../client/connection/socket-io.js';
import type { ClientOptions } from '../../../client/options.js';
import type { PageVisibility } from '../../../client/streams/page-visibility.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import type { HandshakeAuth, Hello, ModelDescription, RequestId } from '../../../shared/index.js';

export const IRIS: ModelDescription = {
  name: 'iris',
  version: '1',
  inputs: [{ name: 'x', dtype: 'float32', shape: [4] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [3] }],
};

export const SENTIMENT: ModelDescription = {
  name: 'sentiment',
  version: '1',
  inputs: [{ name: 'text', dtype: 'string', shape: [] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [3] }],
};

const LIMITS = {
  maxFrameBytes: 1024 * 1024,
  maxJsonBytes: 64 * 1024,
  maxRequestRows: 256,
  maxInFlightRows: 1024,
  maxTextLength: 4096,
};

export function hello(limits: Partial<Hello['limits']> = {}, models: readonly ModelDescription[] = [IRIS]): Hello {
  const base = { protocol: 1, session: 's', limits: { ...LIMITS, ...limits }, models };
  // Like the hub: without a version, the highest one.
  const [best] = models.toSorted((a, b) => Number(b.version) - Number(a.version));
  const one = new Set(models.map(({ name }) => name)).size === 1;
  return one && best !== undefined ? { ...base, defaultModel: `${best.name}@${best.version}` } : base;
}

/** What the client did to its socket, and what a hub can send to it. */
export class FakeSocket {
  readonly sent: OutgoingRequest[] = [];
  readonly cancelled: RequestId[] = [];
  /** All other events, in order. */
  readonly events: { readonly event: string; readonly payload: unknown }[] = [];
  #replies: { readonly event: string; readonly reply: (raw: unknown) => void }[] = [];
  attempts = 0;
  /** The token of each attempt. */
  readonly tokens: (string | undefined)[] = [];
  disconnects = 0;
  /** False: the socket has noticed a loss that it has not reported. */
  writable = true;
  base64 = false;
  /** Called while an event is being sent, to simulate the cost of encoding. */
  onPredict: () => void = () => {};
  onSend: () => void = () => {};
  auth: HandshakeAuth = {};
  #listener: SocketListener | undefined;

  readonly open: OpenSocket = (_url, auth, _options, listener) => {
    this.#listener = listener;
    this.auth = auth;
    const fake = this;
    return {
      connect: (token) => {
        this.attempts += 1;
        this.tokens.push(token);
      },
      disconnect: () => {
        this.disconnects += 1;
      },
      predict: (request) => {
        if (!this.writable) return false;
        // Encoding reads the whole input, as Socket.IO does.
        JSON.stringify(request);
        this.onPredict();
        this.sent.push(request);
        return true;
      },
      cancel: (id) => {
        this.cancelled.push(id);
        return true;
      },
      send: (event, payload, reply) => {
        if (!this.writable) return false;
        this.onSend();
        this.events.push({ event, payload });
        if (reply !== undefined) this.#replies.push({ event, reply });
        return true;
      },
      get base64() {
        return fake.base64;
      },
    };
  };

  get listener(): SocketListener {
    if (this.#listener === undefined) throw new Error('the client has not opened its socket');
    return this.#listener;
  }

  /** Ids of the requests sent, in order. */
  get ids(): RequestId[] {
    return this.sent.map((request) => request.id);
  }

  hello(limits: Partial<Hello['limits']> = {}, models?: readonly ModelDescription[]): void {
    this.writable = true;
    this.listener.hello(hello(limits, models));
  }

  answer(id: RequestId | undefined, prediction: unknown = [1, 0, 0]): void {
    this.listener.answers.prediction({ id, n: 0, prediction, model: 'iris@1' });
  }

  refuse(id: RequestId | undefined, code: string, extra: object = {}): void {
    this.listener.answers.predictionError({ id, n: 0, code, message: `hub: ${code}`, retryable: true, ...extra });
  }

  /** Payloads of the events of this name, in order. */
  payloads(event: string): unknown[] {
    return this.events.filter((sent) => sent.event === event).map(({ payload }) => payload);
  }

  /** Answers the oldest unanswered event of this name. False when there is none. */
  reply(event: string, raw: unknown): boolean {
    const reply = this.takeReply(event);
    reply?.(raw);
    return reply !== undefined;
  }

  /** Returns a function that answers the oldest unanswered event of this name later. */
  takeReply(event: string): ((raw: unknown) => void) | undefined {
    const entry = this.#replies.find((waiting) => waiting.event === event);
    this.#replies = this.#replies.filter((waiting) => waiting !== entry);
    return entry?.reply;
  }

  /** A stream event. */
  stream(event: StreamEventName, raw: unknown): void {
    this.listener.stream(event, raw);
  }

  /** Loses the connection, and with it everything unanswered. */
  lose(): void {
    this.#replies = [];
    this.listener.disconnected('transport close');
  }
}

/** A client on fake sockets and a manual clock; the jitter of reconnecting is 1. */
export function makeClient(
  options: ClientOptions = {},
  visibility?: PageVisibility,
): {
  client: TickcastClient;
  /** The first one. A client opens another when its hub drains. */
  socket: FakeSocket;
  /** All of them, in order of opening. */
  sockets: FakeSocket[];
  clock: ManualClock;
} {
  const socket = new FakeSocket();
  const sockets: FakeSocket[] = [];
  const clock = new ManualClock();
  const openSocket: OpenSocket = (...args) => {
    const opened = sockets.length === 0 ? socket : new FakeSocket();
    sockets.push(opened);
    return opened.open(...args);
  };
  const client = new TickcastClient('http://hub.test', options, {
    openSocket,
    clock,
    random: () => 0.5,
    session: () => 'session-1',
    visibility,
  });
  return { client, socket, sockets, clock };
}

/** How a promise ended, or `pending` after the current microtasks. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  const pending = Symbol('pending');
  const flushed = (async () => {
    for (let i = 0; i < 20; i++) await undefined;
    return pending;
  })();
  try {
    const value = await Promise.race([promise, flushed]);
    return value === pending ? 'pending' : value;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}
