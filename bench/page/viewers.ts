/**
 * Subscribers of one stream that receive every item and discard it, each on its own connection. Knows the SDK; knows no
 * process.
 */

import { connect, type Subscription } from '../../client/index.js';
import type { LoadCounts, ViewersPlan } from './load-messages.js';

export class Viewers {
  readonly #subscriptions: readonly Subscription[];
  #received = 0;
  #gaps = 0;
  #skipped = 0;
  #example = '';

  constructor({ url, stream, viewers }: ViewersPlan) {
    this.#subscriptions = Array.from({ length: viewers }, () => {
      const subscription = connect(url).subscribe(stream, { mode: 'all', history: 0 });
      subscription.on('value', () => {
        this.#received++;
      });
      subscription.on('gap', ({ reason }) => {
        this.#gaps++;
        this.#example = `a gap: ${reason}`;
      });
      subscription.on('skipped', ({ count }) => {
        this.#skipped += count;
      });
      subscription.on('state', ({ state, reason }) => {
        if (state === 'ended') this.#example = `a viewer was ended: ${reason}`;
      });
      return subscription;
    });
  }

  report(): LoadCounts {
    const live = this.#subscriptions.filter(({ state }) => state === 'live').length;
    return { done: this.#received, failed: this.#gaps, skipped: this.#skipped, live, example: this.#example };
  }
}
