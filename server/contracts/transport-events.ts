/** What happens at the edge, for log and metrics. Transports do not log. */

import type { ErrorCode } from '../../shared/errors.js';

/** Why a connection was ended by the hub. */
export type CutKind = 'slow' | 'flood' | 'protocol' | 'unjoined' | 'too-large';

export type TransportEvent =
  | {
      readonly type: 'connected';
      readonly socket: string;
      /** Its first characters: the whole is the client's secret. */
      readonly session: string;
      readonly resumed: boolean;
      readonly address: string;
      readonly via: string;
      /** Name of the token it came with; absent where everybody may come in. */
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
  /** A connection that was refused before it had a socket. */
  | { readonly type: 'rejected'; readonly address: string; readonly code: ErrorCode; readonly reason: string }
  /** A connection that the hub ended for what it did, or did not do. */
  | { readonly type: 'cut'; readonly kind: CutKind; readonly address: string; readonly reason: string }
  /** A peer that is not in `--trust-proxy` writes what only proxies write. Told once. */
  | { readonly type: 'proxy'; readonly address: string }
  /** A REST request that was answered. */
  | {
      readonly type: 'http';
      /** As the answer's header `x-request-id` has it. */
      readonly requestId: string;
      readonly address: string;
      readonly method: string;
      readonly path: string;
      /** The pattern that the path was matched by, as a few names for many paths; `none` where there is no such route. */
      readonly route: string;
      readonly status: number;
      readonly tookMs: number;
    }
  /** A handler threw: a bug here. The connection goes on. */
  | { readonly type: 'fault'; readonly where: string; readonly cause: unknown };

export type TransportListener = (event: TransportEvent) => void;
