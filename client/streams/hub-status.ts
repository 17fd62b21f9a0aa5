/** The hub's status, once a second, while anybody is subscribed to it. */

import type { HubStatus } from '../../shared/stream-protocol.js';
import type { StreamChannel } from '../connection/channels.js';
import { Emitter } from '../emitter.js';
import { parseStatus } from './parse-frames.js';

export class HubStatusFeed {
  readonly #channel: StreamChannel;
  readonly #events = new Emitter<{ status: HubStatus }>(['status']);

  constructor(channel: StreamChannel) {
    this.#channel = channel;
  }

  /** Adds a handler. Returns a function that removes it. The hub is told with the first handler and after the last. */
  add(handler: (status: HubStatus) => void): () => void {
    const off = this.#events.on('status', handler);
    if (this.#events.count('status') === 1) this.#channel.send('watch', { on: true });
    let added = true;
    return () => {
      if (!added) return;
      added = false;
      off();
      if (this.#events.count('status') === 0) this.#channel.send('watch', { on: false });
    };
  }

  connected(): void {
    if (this.#events.count('status') > 0) this.#channel.send('watch', { on: true });
  }

  /** A raw `status` event. */
  status(raw: unknown): void {
    if (this.#events.count('status') === 0) return;
    const status = parseStatus(raw);
    if (status !== undefined) this.#events.emit('status', status);
  }

  close(): void {
    this.#events.clear();
  }
}
