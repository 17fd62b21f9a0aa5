/**
 * The way from a hub that goes away to the next one: a second link is made before the first is given up. Owns when it is tried and how
 * often, until it says hello or the first is lost. Knows nothing of requests.
 */

import { type HubLink, type LinkParts, retryDelayMs } from './hub-link.js';

/** Longest spread of the first attempts of many clients, in milliseconds. */
const MAX_SPREAD_MS = 10_000;

export class HandOver {
  readonly #parts: LinkParts;
  readonly #open: () => HubLink;
  #state: 'idle' | 'waiting' | 'trying' = 'idle';
  #link: HubLink | undefined;
  #failures = 0;
  #timer: { readonly cancel: () => void } | undefined;

  /** `open` makes the second link. */
  constructor(parts: LinkParts, open: () => HubLink) {
    this.#parts = parts;
    this.#open = open;
  }

  /** Begins, unless it has begun: the hub goes on for `graceMs`, in the first half of which its clients leave one after the other. */
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

  /** The attempt under way failed, or its hub refused: the first link is there still, and there may be another hub soon. */
  failed(atLeastMs: number): void {
    this.#failures += 1;
    this.#wait(retryDelayMs(this.#parts, this.#failures, atLeastMs));
  }

  /** Ends, and gives away the second link if it is connected or about to be. */
  take(): HubLink | undefined {
    const link = this.#state === 'trying' ? this.#link : undefined;
    if (link !== undefined) this.#link = undefined;
    this.cancel();
    return link;
  }

  /** Ends, and closes the second link. */
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
