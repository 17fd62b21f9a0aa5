/** Whether the page can be seen, and telling the hub of it while there is somebody to tell it for. */

import type { StreamChannel } from '../connection/channels.js';

/** The page as the client needs it. */
export interface PageVisibility {
  readonly hidden: boolean;
  /** Calls `handler` when `hidden` may have changed; the function returned ends that. */
  onChange(handler: () => void): () => void;
}

/** The page that this program runs in; undefined outside of one. */
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
  #off: (() => void) | undefined;
  /** What the hub of this connection believes. */
  #told = false;

  constructor(page: PageVisibility | undefined, channel: StreamChannel) {
    this.#page = page;
    this.#channel = channel;
  }

  /** From now on the hub is to know. */
  start(): void {
    if (this.#page === undefined || this.#off !== undefined) return;
    this.#off = this.#page.onChange(() => this.#tell());
    this.#tell();
  }

  stop(): void {
    this.#off?.();
    this.#off = undefined;
  }

  /** A new connection: its hub takes every page for one that can be seen. */
  connected(): void {
    this.#told = false;
    if (this.#off !== undefined) this.#tell();
  }

  #tell(): void {
    const hidden = this.#page?.hidden ?? false;
    if (hidden !== this.#told && this.#channel.send('pace', { hidden })) this.#told = hidden;
  }
}
