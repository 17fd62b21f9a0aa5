/** A tap that records everything, for tests. */

import type { Predicted } from '../../server/contracts/outcome.js';
import type { EndedBatch, ObservedRequest, RefusedRequest, Tap } from '../../server/contracts/tap.js';
import type { TransportEvent } from '../../server/contracts/transport-events.js';
import type { WireError } from '../../shared/errors.js';

export type Told =
  | { readonly type: 'predicted'; readonly request: ObservedRequest; readonly outcome: Predicted }
  | { readonly type: 'failed'; readonly request: ObservedRequest; readonly error: WireError }
  | ({ readonly type: 'refused' } & RefusedRequest)
  | ({ readonly type: 'batch' } & EndedBatch)
  | { readonly type: 'poison'; readonly model: string; readonly reason: string }
  | { readonly type: 'fault'; readonly where: string; readonly cause: unknown }
  | { readonly type: 'state'; readonly state: string }
  | { readonly type: 'transport'; readonly event: TransportEvent };

export class Recorder implements Tap {
  readonly name = 'recorder';
  readonly events: Told[] = [];

  predicted(request: ObservedRequest, outcome: Predicted): void {
    this.events.push({ type: 'predicted', request, outcome });
  }

  failed(request: ObservedRequest, error: WireError): void {
    this.events.push({ type: 'failed', request, error });
  }

  refused(request: RefusedRequest): void {
    this.events.push({ type: 'refused', ...request });
  }

  batch(batch: EndedBatch): void {
    this.events.push({ type: 'batch', ...batch });
  }

  batchFailed(batch: EndedBatch): void {
    this.batch(batch);
  }

  poison({ ref }: { readonly ref: string }, reason: string): void {
    this.events.push({ type: 'poison', model: ref, reason });
  }

  fault(where: string, cause: unknown): void {
    this.events.push({ type: 'fault', where, cause });
  }

  state(state: string): void {
    this.events.push({ type: 'state', state });
  }

  transport(event: TransportEvent): void {
    this.events.push({ type: 'transport', event });
  }
}
