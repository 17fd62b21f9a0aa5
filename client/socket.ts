/** The seam to Socket.IO: one socket which connects when told to and never buffers. Knows nothing of requests. */

import { io } from 'socket.io-client';
import type { HandshakeAuth, RequestId } from '../shared/protocol.js';
import type { ResolvedOptions } from './options.js';

/** A `predict` event as it leaves: a request of the protocol whose input was made fit for the wire. */
export interface OutgoingRequest {
  readonly input: unknown;
  readonly id: RequestId;
  readonly timeoutMs: number;
  readonly model?: string;
}

/** What a socket reports. Payloads are as they came. */
export interface SocketListener {
  hello(raw: unknown): void;
  prediction(raw: unknown): void;
  predictionError(raw: unknown): void;
  goaway(raw: unknown): void;
  /** The attempt failed; `data` is what the hub said, if it was the hub. */
  connectFailed(reason: string, data: unknown): void;
  /** The connection, open or half open, was lost. */
  disconnected(reason: string): void;
}

/** A socket as the client needs it. After a failure or a loss it stays idle until `connect()` is called again. */
export interface SocketLike {
  /** Begins one attempt to connect. */
  connect(): void;
  /** Ends the connection or the attempt. Reports nothing. */
  disconnect(): void;
  /** False when the event could not leave now; it is not kept. May throw on a value that has no encoding. */
  predict(request: OutgoingRequest): boolean;
  cancel(id: RequestId): boolean;
  /** True while bytes travel as base64, which takes a third more. */
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
  const socket = io(url, {
    auth,
    path: options.path,
    transports: [...options.transports],
    tryAllTransports: true,
    autoConnect: false,
    forceNew: true,
    // Attempts, their delays and their time limit are the connection's, so that all three kinds of loss are treated alike.
    reconnection: false,
    timeout: 2 * options.connectTimeoutMs,
  });
  let waiting = false;

  // Socket.IO keeps what is emitted while a ping is overdue, and would send it on the next connection.
  const emit = (event: string, payload: unknown): boolean => {
    if (!socket.connected) return false;
    socket.emit(event, payload);
    if (socket.sendBuffer.length === 0) return true;
    socket.sendBuffer.length = 0;
    return false;
  };

  socket.on('connect', () => {
    waiting = false;
  });
  socket.on('connect_error', (error) => {
    waiting = false;
    listener.connectFailed(error.message, 'data' in error ? error.data : undefined);
  });
  socket.on('disconnect', (reason) => {
    waiting = false;
    // Reported below by whoever asked for it.
    if (reason !== 'io client disconnect') listener.disconnected(reason);
  });
  socket.on('hello', (raw: unknown) => listener.hello(raw));
  socket.on('prediction', (raw: unknown) => listener.prediction(raw));
  socket.on('prediction_error', (raw: unknown) => listener.predictionError(raw));
  socket.on('goaway', (raw: unknown) => listener.goaway(raw));

  return {
    connect: () => {
      // An attempt that neither opened nor failed: something on the way swallows this transport, so begin with the other.
      if (waiting) socket.io.opts.transports?.reverse();
      waiting = true;
      socket.connect();
    },
    disconnect: () => {
      socket.disconnect();
    },
    predict: (request) => emit('predict', request),
    cancel: (id) => emit('cancel', { id }),
    get base64() {
      return socket.io.engine?.transport?.name === 'polling';
    },
  };
};
