/** Frames as a hub sends them, and a client that is subscribed. */

import type { ClientOptions } from '../../../client/options.js';
import type { PageVisibility } from '../../../client/streams/page-visibility.js';
import type { SubscribeOptions, Subscription } from '../../../client/streams/types.js';
import type { StreamItem, StreamMode, StreamPosition, StreamWindow } from '../../../shared/index.js';
import { makeClient } from './fake-socket.js';

/** A page that the test hides and shows. */
export class FakePage {
  hidden = false;
  readonly handlers = new Set<() => void>();

  onChange(handler: () => void): () => void {
    this.handlers.add(handler);
    return () => this.handlers.delete(handler);
  }

  set(hidden: boolean): void {
    this.hidden = hidden;
    for (const handler of this.handlers) handler();
  }
}

export function item(offset: number, extra: Partial<StreamItem> = {}): StreamItem {
  return { offset, at: 1_000 + offset, from: 'p', prediction: [0, 1], model: 's@1', label: 'positive', ...extra };
}

/** Items from one offset to another. */
export function items(first: number, last: number): StreamItem[] {
  return Array.from({ length: last - first + 1 }, (_, index) => item(first + index));
}

export function cast(list: readonly StreamItem[], epoch = 'e1', extra: object = {}): object {
  return { stream: 'live', epoch, skipped: 0, items: list, ...extra };
}

export function window(at: number, offset: number, count = 1): StreamWindow {
  return { at, offset, count, failed: 0, rate: count, labels: { positive: { count, mean: 0.9 } } };
}

export function aggregate(windows: readonly StreamWindow[], epoch = 'e1', extra: object = {}): object {
  return { stream: 'live', epoch, windowMs: 1000, model: 's@1', skipped: 0, windows, ...extra };
}

export function subscribed(position?: StreamPosition, mode: StreamMode = 'all'): object {
  const known = position === undefined ? {} : { position, model: 's@1', labels: ['negative', 'positive'] };
  return { stream: 'live', mode, ...known };
}

/** A connected client with a subscription to `live` that the hub has accepted; the hub stands at offset 0. */
export function subscribe<Mode extends StreamMode = 'all'>(
  options: SubscribeOptions<Mode> = {},
  clientOptions: ClientOptions = {},
  visibility?: PageVisibility,
) {
  const made = makeClient(clientOptions, visibility);
  made.socket.hello();
  const subscription = made.client.subscribe('live', options);
  made.socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 0 }, options.mode));
  return { ...made, subscription };
}

/** What handlers of a subscription receive, as short lines in order: values by offset. */
export function listen(subscription: Subscription<'all' | 'sample'>): string[] {
  const heard: string[] = [];
  subscription.on('value', ({ offset }) => heard.push(String(offset)));
  hearOthers(subscription, heard);
  return heard;
}

/** What handlers receive of windows: values by the starts of their windows. */
export function listenWindows(subscription: Subscription<'aggregate'>): string[] {
  const heard: string[] = [];
  subscription.on('value', ({ windows }) => heard.push(windows.map(({ at }) => at).join(' ')));
  hearOthers(subscription, heard);
  return heard;
}

function hearOthers(subscription: Subscription, heard: string[]): void {
  subscription.on('skipped', ({ count, reason }) => heard.push(`skipped ${count} ${reason}`));
  subscription.on('gap', ({ reason, missed }) => heard.push(`gap ${reason} ${missed}`));
}

/** The buffered values, taken without ending the loop. */
export async function drain<Value>(iterator: AsyncIterator<Value>, count: number): Promise<Value[]> {
  const values: Value[] = [];
  for (let i = 0; i < count; i++) {
    const next = await iterator.next();
    if (next.done) break;
    values.push(next.value);
  }
  return values;
}
