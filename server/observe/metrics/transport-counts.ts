/** Counts transport events under few names: never by a path, address or reason chosen by a caller. */

import type { Tap } from '../../contracts/tap.js';
import type { TransportEvent } from '../../contracts/transport-events.js';

interface HttpCount {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly count: number;
}

export class EdgeCounts implements Tap {
  readonly name = 'edge counts';
  /** Socket.IO connections opened. */
  opened = 0;
  /** Socket.IO connections refused, by error code. */
  readonly rejected = new Map<string, number>();
  /** Clients that cannot be served here, by what they got wrong. */
  readonly misdirected = new Map<string, number>();
  /** Connections cut by the hub, by reason. */
  readonly cut = new Map<string, number>();
  /** By route, method and status. */
  readonly #http = new Map<string, Map<string, Map<number, number>>>();

  transport(event: TransportEvent): void {
    if (event.type === 'connected') this.opened += 1;
    else if (event.type === 'rejected') count(this.rejected, event.code);
    else if (event.type === 'misdirected') count(this.misdirected, event.kind);
    else if (event.type === 'cut') count(this.cut, event.kind);
    else if (event.type === 'http') this.#count(event.route, event.method, event.status);
  }

  *http(): Iterable<HttpCount> {
    for (const [route, methods] of this.#http)
      for (const [method, statuses] of methods)
        for (const [status, count] of statuses) yield { route, method, status, count };
  }

  #count(route: string, method: string, status: number): void {
    const methods = this.#http.get(route) ?? new Map<string, Map<number, number>>();
    const statuses = methods.get(method) ?? new Map<number, number>();
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    methods.set(method, statuses);
    this.#http.set(route, methods);
  }
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
