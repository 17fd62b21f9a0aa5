/** Events of transports, for logs and metrics. Transports do not log. */

import type { ErrorCode } from '../../shared/errors.js';

/** Why the hub cut a connection. */
/**
 * What a client got wrong: an older Engine.IO `protocol`, a `namespace` or a `path` that is not there, or a `connection`
 * that this process does not have.
 */
export type MisdirectedKind = 'protocol' | 'namespace' | 'connection' | 'path';
export type CutKind = 'slow' | 'flood' | 'protocol' | 'unjoined' | 'too-large';

/** An event of a transport, discriminated by `type`. */
export type TransportEvent =
  | {
      readonly type: 'connected';
      readonly socket: string;
      /** The first characters of its name, which is the client's secret. */
      readonly session: string;
      readonly resumed: boolean;
      readonly address: string;
      readonly via: string;
      /** Name of the token's key; absent when access is open. */
      readonly key?: string;
    }
  | {
      readonly type: 'disconnected';
      readonly socket: string;
      readonly session: string;
      readonly reason: string;
      readonly requests: number;
      readonly lastedMs: number;
    }
  /** A connection refused before it had a socket. */
  | { readonly type: 'rejected'; readonly address: string; readonly code: ErrorCode; readonly reason: string }
  /** A Socket.IO client that no hub like this can serve where it asks; `reason` says what to change. */
  | { readonly type: 'misdirected'; readonly kind: MisdirectedKind; readonly address: string; readonly reason: string }
  /** A connection that the hub cut for its behaviour. */
  | { readonly type: 'cut'; readonly kind: CutKind; readonly address: string; readonly reason: string }
  /** A peer outside `--trust-proxy` sends headers that only proxies send. Reported once. */
  | { readonly type: 'proxy'; readonly address: string }
  /** A REST request was answered. */
  | {
      readonly type: 'http';
      /** As in the answer's header `x-request-id`. */
      readonly requestId: string;
      readonly address: string;
      readonly method: string;
      readonly path: string;
      /** The route pattern, which keeps the number of values small; `none` when no route matches. */
      readonly route: string;
      readonly status: number;
      readonly tookMs: number;
      /** Why it was refused before its route was asked: for the page or the host behind it. */
      readonly refused?: string | undefined;
    }
  /** A handler threw: a bug in the hub. The connection continues. */
  | { readonly type: 'fault'; readonly where: string; readonly cause: unknown };

/** Receives events synchronously; must not block. */
export type TransportListener = (event: TransportEvent) => void;
/** Counts what one key sends and is sent, in bytes. */
export interface Meter {
  received: number;
  sent: number;
}

/** The meter of a key. */
export type MeterOf = (key: string) => Meter;
