/** Tracks whether the page is visible, and tells the hub while there are subscriptions. */

import type { TimerClock } from '../../shared/time/deadline-timer.js';
import type { StreamChannel } from '../connection/channels.js';

/** The page as the client needs it. */
export interface PageVisibility {
  readonly hidden: boolean;
  /** Calls `handler` when `hidden` may have changed. Returns a function that removes it. */
  onChange(handler: () => void): () => void;
}

/** The page this program runs in; undefined outside a browser. */
export function documentVisibility(): PageVisibility | undefined {
  if (typeof document === 'undefined') return undefined;
  return {
    get hidden() {
      return document.visibilityState === 'hidden';
    },
    onChange: (handler) => {
      document.addEventListener('visibilitychange', handler);
      return () => document.removeEventListener('visibilitychange', handler);
    },
  };
}

export class VisibilityReport {
  readonly #page: PageVisibility | undefined;
  readonly #channel: StreamChannel;
  readonly #clock: TimerClock;
  /** Since when the page is visible, on this clock; infinite while it is hidden. */
  visibleSince = Number.NEGATIVE_INFINITY;
  #off: (() => void) | undefined;
  /** What the hub of this connection was last told. */
  #told = false;

  constructor(page: PageVisibility | undefined, channel: StreamChannel, clock: TimerClock) {
    this.#page = page;
    this.#channel = channel;
    this.#clock = clock;
  }

  /** Starts telling the hub. */
  start(): void {
    if (this.#page === undefined || this.#off !== undefined) return;
    this.#off = this.#page.onChange(() => this.#tell());
    this.#tell();
  }

  stop(): void {
    this.#off?.();
    this.#off = undefined;
  }

  /** A new connection: its hub assumes a visible page. */
  connected(): void {
    this.#told = false;
    if (this.#off !== undefined) this.#tell();
  }

  #tell(): void {
    const hidden = this.#page?.hidden ?? false;
    if (hidden) this.visibleSince = Number.POSITIVE_INFINITY;
    else this.visibleSince = Math.min(this.visibleSince, this.#clock.now());
    if (hidden !== this.#told && this.#channel.send('pace', { hidden })) this.#told = hidden;
  }
}
