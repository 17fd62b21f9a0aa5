/** The events sent to viewers, encoded once. */

import type { StreamGap, Unsubscribed } from '../../shared/stream-protocol.js';
import type { CastItem } from '../contracts/broker.js';
import type { SharedEvent } from '../contracts/streams.js';

/** A stream and its incarnation. */
export interface StreamIdentity {
  readonly name: string;
  readonly epoch: string;
}

export function sharedEvent(name: SharedEvent['name'], json: string): SharedEvent {
  return { name, json, encoded: undefined };
}

/** A `cast` of consecutive items; `skipped` were left out before the first. */
export function castEvent({ name, epoch }: StreamIdentity, skipped: number, items: readonly CastItem[]): SharedEvent {
  const list = items.map(({ json }) => json).join(',');
  return sharedEvent('cast', `{"stream":"${name}","epoch":"${epoch}","skipped":${skipped},"items":[${list}]}`);
}

export function gapEvent(gap: StreamGap): SharedEvent {
  return sharedEvent('gap', JSON.stringify(gap));
}

export function unsubscribedEvent(notice: Unsubscribed): SharedEvent {
  return sharedEvent('unsubscribed', JSON.stringify(notice));
}
