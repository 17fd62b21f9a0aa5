/** The seam to Socket.IO: one socket that connects on demand and never buffers. Knows nothing of requests. */

import { Manager, type Socket } from 'socket.io-client';
import type { ClientToServerEvents, ServerToClientEvents } from '../../shared/protocol/events.js';
import type { HandshakeAuth, RequestId } from '../../shared/protocol.js';
import type { RequestFields, ResolvedOptions } from '../options.js';
import { whyUnreachable } from './unreachable.js';

/** A `predict` event as sent: a request of the protocol with its input prepared for the wire. */
export interface OutgoingRequest extends RequestFields {
  readonly input: unknown;
  readonly id: RequestId;
  readonly timeoutMs: number;
}

const STREAM_EVENTS = [
  'cast',
  'aggregate',
  'gap',
  'unsubscribed',
  'status',
] as const satisfies readonly (keyof ServerToClientEvents)[];

/** Stream events from the hub. */
export type StreamEventName = (typeof STREAM_EVENTS)[number];

/** Events that a client sends. */
export type SentEventName = keyof ClientToServerEvents;

/** What an event carries before its reply. */
export type PayloadOf<Name extends SentEventName> =
  Parameters<ClientToServerEvents[Name]> extends [infer First, ...unknown[]]
    ? First extends (...args: never[]) => void
      ? undefined
      : First
    : never;

/**
 * Longer than any wait for a reply: then Socket.IO drops the callback, so that a hub that never replies does not leak
 * memory.
 */
const FORGET_REPLY_MS = 60_000;

/** Receives answers. Payloads are unparsed. */
export interface AnswerListener {
  prediction(raw: unknown): void;
  predictionError(raw: unknown): void;
}

/** Receives what a socket reports. Payloads are unparsed. */
export interface SocketListener {
  /** Called by the socket directly: answers bypass the other listeners. */
  readonly answers: AnswerListener;
  hello(raw: unknown): void;
  goaway(raw: unknown): void;
  /** The hub is about to close the connection; carries its reason. */
  closing(raw: unknown): void;
  stream(event: StreamEventName, raw: unknown): void;
  /** The attempt failed, for a reason for people; `data` is the hub's message, if the hub refused. */
  connectFailed(reason: string, data: unknown): void;
  /** The connection, open or half-open, was lost. */
  disconnected(reason: string): void;
}

/** A socket as the client needs it. After a failure or a loss it stays idle until `connect()` is called again. */
export interface SocketLike {
  /** Starts one attempt to connect, with this token. */
  connect(token: string | undefined): void;
  /** Ends the connection or the attempt. Reports nothing. */
  disconnect(): void;
  /** False when the event could not be sent now; it is not buffered. May throw on a value that cannot be encoded. */
  predict(request: OutgoingRequest): boolean;
  cancel(id: RequestId): boolean;
  /**
   * Sends any other event; `undefined` sends no payload. `reply` is called once with the hub's raw answer, or never
   * when the connection is lost first. Returns false as `predict` does.
   */
  send<Name extends SentEventName>(event: Name, payload: PayloadOf<Name>, reply?: (raw: unknown) => void): boolean;
  /** True while bytes travel as base64, which adds a third. */
  readonly base64: boolean;
}

export type OpenSocket = (
  url: string,
  auth: HandshakeAuth,
  options: ResolvedOptions,
  listener: SocketListener,
) => SocketLike;

/** A {@link SocketLike} over socket.io-client. */
export const openSocket: OpenSocket = (url, auth, options, listener) => {
  const manager = new Manager(new URL(url).origin, {
    path: options.path,
    transports: [...options.transports],
    tryAllTransports: true,
    autoConnect: false,
    // The connection owns attempts, delays and time limits, so that all three kinds of loss are handled alike.
    reconnection: false,
    timeout: 2 * options.connectTimeoutMs,
  });
  // The hub has no other namespace.
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = manager.socket('/');
  let waiting = false;
  let wasServed = false;

  // Socket.IO buffers events while a ping is overdue, and would send them on the next connection.
  const emit = (event: SentEventName, args: readonly unknown[], reply?: (raw: unknown) => void): boolean => {
    if (!socket.connected) return false;
    // The name is one of the protocol's; the payload has been made by whoever sends it, for any of them.
    const sender = socket as Socket;
    if (reply === undefined) sender.emit(event, ...args);
    else
      sender.timeout(FORGET_REPLY_MS).emit(event, ...args, (error: unknown, raw: unknown) => {
        if (error === null) reply(raw);
      });
    if (socket.sendBuffer.length === 0) return true;
    socket.sendBuffer.length = 0;
    return false;
  };

  socket.on('connect', () => {
    waiting = false;
    wasServed = true;
  });
  socket.on('connect_error', (error) => {
    waiting = false;
    listener.connectFailed(whyUnreachable(url, error, wasServed), 'data' in error ? error.data : undefined);
  });
  socket.on('disconnect', (reason) => {
    waiting = false;
    // Whoever called disconnect reports it.
    if (reason !== 'io client disconnect') listener.disconnected(reason);
  });
  socket.on('hello', (raw: unknown) => listener.hello(raw));
  const { answers } = listener;
  socket.on('prediction', (raw: unknown) => answers.prediction(raw));
  socket.on('prediction_error', (raw: unknown) => answers.predictionError(raw));
  socket.on('goaway', (raw: unknown) => listener.goaway(raw));
  socket.on('closing', (raw: unknown) => listener.closing(raw));
  for (const event of STREAM_EVENTS) socket.on(event, (raw: unknown) => listener.stream(event, raw));

  return {
    connect: (token) => {
      socket.auth = token === undefined ? auth : { ...auth, token };
      // An attempt that neither opened nor failed: something in between swallows this transport, so start with the
      // other.
      if (waiting) manager.opts.transports?.reverse();
      waiting = true;
      socket.connect();
    },
    disconnect: () => {
      socket.disconnect();
    },
    predict: (request) => emit('predict', [request]),
    cancel: (id) => emit('cancel', [{ id }]),
    send: (event, payload, reply) => emit(event, payload === undefined ? [] : [payload], reply),
    get base64() {
      return manager.engine?.transport?.name === 'polling';
    },
  };
};
