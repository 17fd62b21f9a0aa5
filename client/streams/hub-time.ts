/**
 * The hub's clock, as seen from here: asked for on each connection and then twice a minute. The hub's time lies between
 * sending and answer, so an answer is wrong by half the round trip at most (Cristian 1989), and the best one counts.
 */

import { isRecord } from '../../shared/parse.js';
import type { TimerClock } from '../../shared/time/deadline-timer.js';
import type { StreamChannel } from '../connection/channels.js';

/** The second answer comes when a page's first work is over; later ones follow clocks that drift apart. */
const AGAIN_MS = 1_000;
const EVERY_MS = 30_000;
/** By how much two clocks may drift apart per millisecond: ten times what a quartz does. */
const DRIFT = 2e-4;

export class HubTime {
  readonly #clock: TimerClock;
  readonly #channel: StreamChannel;
  #timer: { readonly cancel: () => void } | undefined;
  /** The hub's time minus this clock's, how wrong that was at most, and when. */
  #known: { readonly aheadMs: number; readonly errorMs: number; readonly at: number } | undefined;

  constructor(clock: TimerClock, channel: StreamChannel) {
    this.#clock = clock;
    this.#channel = channel;
  }

  /** A hub to ask: it may be another one. */
  start(): void {
    this.stop();
    this.#ask(AGAIN_MS);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#known = undefined;
  }

  /** A time of the hub, in milliseconds since 1970, on this clock; undefined until the hub has told its own. */
  here(hubMs: number): number | undefined {
    return this.#known && hubMs - this.#known.aheadMs;
  }

  #ask(nextMs: number): void {
    const sentAt = this.#clock.now();
    this.#channel.send('echo', undefined, (raw) => {
      const now = this.#clock.now();
      // An older hub answers nothing.
      if (!isRecord(raw) || typeof raw.at !== 'number') return;
      const errorMs = (now - sentAt) / 2;
      const aheadMs = raw.at - sentAt - errorMs;
      const known = this.#known;
      const knownErrorMs = known === undefined ? 0 : known.errorMs + DRIFT * (now - known.at);
      // Both cannot be right when a clock was set meanwhile: then the new one is.
      if (known === undefined || errorMs <= knownErrorMs || Math.abs(aheadMs - known.aheadMs) > errorMs + knownErrorMs)
        this.#known = { aheadMs, errorMs, at: now };
    });
    this.#timer = this.#clock.setTimer(nextMs, () => this.#ask(EVERY_MS));
  }
}
