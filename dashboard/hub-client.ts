/** What the page needs of a hub's client. The SDK has all of it. */

import type { AggregateFrame, HubStatus, StreamGap, StreamPosition } from '../shared/stream-protocol.js';

export interface HubError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export interface HubStateChange {
  readonly state: 'connecting' | 'connected' | 'reconnecting' | 'closed' | 'failed';
  readonly reason: string;
  /** Failed attempts in a row. */
  readonly attempts: number;
  readonly retryInMs?: number;
  readonly error?: HubError;
}

export interface HubHello {
  readonly models: readonly { readonly name: string; readonly version: string; readonly labels?: readonly string[] }[];
  readonly defaultModel?: string;
  readonly limits: { readonly maxTextLength: number };
}

export interface SubscriptionStateChange {
  readonly state: 'connecting' | 'waiting' | 'live' | 'ended';
  readonly reason: string;
  readonly error?: HubError;
}

export interface HubSubscription {
  readonly position: StreamPosition | undefined;
  readonly model: string | undefined;
  readonly labels: readonly string[] | undefined;
  on(name: 'value', handler: (frame: AggregateFrame) => void): unknown;
  on(name: 'gap', handler: (gap: StreamGap) => void): unknown;
  on(name: 'skipped', handler: (skipped: { readonly count: number; readonly reason: 'pace' | 'buffer' }) => void): unknown;
  on(name: 'state', handler: (change: SubscriptionStateChange) => void): unknown;
  close(): void;
}

export interface HubAnswer {
  readonly prediction: unknown;
  readonly model: string;
  readonly timing?: {
    readonly queueUs: number;
    readonly batchUs: number;
    readonly inferUs: number;
    readonly totalUs: number;
    readonly roundTripUs: number;
  };
}

export interface HubClient {
  readonly hello: HubHello | undefined;
  on(name: 'state', handler: (change: HubStateChange) => void): unknown;
  on(name: 'hello', handler: (hello: HubHello) => void): unknown;
  on(name: 'goaway', handler: (notice: { readonly graceMs: number }) => void): unknown;
  subscribe(
    stream: string,
    options: { readonly mode: 'aggregate'; readonly windowMs: number; readonly history: number; readonly position?: StreamPosition | undefined },
  ): HubSubscription;
  watch(handler: (status: HubStatus) => void): () => void;
  predict(text: string, options: { readonly key: string }): Promise<HubAnswer>;
  ping(): Promise<number>;
  retryNow(): void;
  close(): void;
}
