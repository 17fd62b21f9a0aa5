/**
 * Hand-over from a draining hub to the next: connects a second link before the first is dropped. Owns when and how
 * often that is tried, until the second says hello or the first is lost. Knows nothing of requests.
 */

import { type HubLink, type LinkParts, retryDelayMs } from './hub-link.js';

/** Longest spread of many clients' first attempts, in milliseconds. */
const MAX_SPREAD_MS = 10_000;

export class HandOver {
  readonly #parts: LinkParts;
  readonly #open: () => HubLink;
  #state: 'idle' | 'waiting' | 'trying' = 'idle';
  #link: HubLink | undefined;
  #failures = 0;
  #timer: { readonly cancel: () => void } | undefined;

  /** `open` creates the second link. */
  constructor(parts: LinkParts, open: () => HubLink) {
    this.#parts = parts;
    this.#open = open;
  }

  /**
   * Starts, unless already started. The hub serves for another `graceMs`; its clients leave one by one during the first
   * half of that.
   */
  begin(graceMs: number): void {
    if (this.#state !== 'idle') return;
    const { options, random } = this.#parts;
    this.#failures = 0;
    const spreadMs = Math.min(Math.max(graceMs / 2, options.reconnectMinMs), MAX_SPREAD_MS);
    this.#wait(spreadMs * random());
  }

  /** True for the second link. */
  owns(link: HubLink): boolean {
    return link === this.#link;
  }

  /** The attempt failed or its hub refused. The first link still works, and another hub may come up soon. */
  failed(atLeastMs: number): void {
    this.#failures += 1;
    this.#wait(retryDelayMs(this.#parts, this.#failures, atLeastMs));
  }

  /** Ends the hand-over and returns the second link if it is connected or about to be. */
  take(): HubLink | undefined {
    const link = this.#state === 'trying' ? this.#link : undefined;
    if (link !== undefined) this.#link = undefined;
    this.cancel();
    return link;
  }

  /** Ends the hand-over and closes the second link. */
  cancel(): void {
    this.#state = 'idle';
    this.#timer?.cancel();
    this.#link?.close();
    this.#link = undefined;
  }

  #wait(delayMs: number): void {
    this.#state = 'waiting';
    this.#timer = this.#parts.clock.setTimer(delayMs, () => {
      this.#state = 'trying';
      this.#link ??= this.#open();
      this.#link.attempt();
    });
  }
}
