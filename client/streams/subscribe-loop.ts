/**
 * Asks the hub for a subscription until it accepts, and again on every new connection. Knows nothing of the stream's
 * content.
 */

import type { WireError } from '../../shared/errors.js';
import type { Subscribed, SubscribeRequest } from '../../shared/stream-protocol.js';
import type { TimerClock } from '../../shared/time/deadline-timer.js';
import type { StreamChannel } from '../connection/channels.js';
import { parseReply, parseSubscribed } from './parse-frames.js';

/** How long to wait for a reply before asking again, in milliseconds. */
const REPLY_MS = 5_000;
/** Delays after a temporary refusal: the first, and the longest. */
const BACKOFF_MIN_MS = 1_000;
const BACKOFF_MAX_MS = 10_000;
/** Caps the delay the hub asks for: a browser's timer cannot run for weeks, and a viewer should not. */
const LONGEST_WAIT_MS = 60_000;

export interface EnrolmentListener {
  /** The request to send now. */
  request(): SubscribeRequest;
  /** The hub accepts. Undefined: it only says that the subscription already exists. */
  accepted(subscribed: Subscribed | undefined): void;
  /** The hub refuses temporarily, and is asked again. */
  delayed(error: WireError): void;
  /** The hub refuses for good. */
  refused(error: WireError): void;
}

export class SubscribeLoop {
  readonly #clock: TimerClock;
  readonly #channel: StreamChannel;
  readonly #listener: EnrolmentListener;
  #state: 'idle' | 'asking' | 'enrolled' = 'idle';
  /** The current connection; replies to earlier ones are ignored. */
  #connection = 0;
  /** On this connection. */
  #tries = 0;
  #refusals = 0;
  #timer: { readonly cancel: () => void } | undefined;

  constructor(clock: TimerClock, channel: StreamChannel, listener: EnrolmentListener) {
    this.#clock = clock;
    this.#channel = channel;
    this.#listener = listener;
  }

  get enrolled(): boolean {
    return this.#state === 'enrolled';
  }

  /** True when the hub of this connection may have a subscription by now. */
  get asked(): boolean {
    return this.#tries > 0;
  }

  connected(): void {
    this.stop();
    this.#state = 'asking';
    this.#ask();
  }

  /** Disconnected, or no longer wanted. */
  stop(): void {
    this.#timer?.cancel();
    this.#state = 'idle';
    this.#connection += 1;
    this.#tries = 0;
    this.#refusals = 0;
  }

  #ask(): void {
    const connection = this.#connection;
    this.#tries += 1;
    this.#timer = this.#clock.setTimer(REPLY_MS, () => this.#ask());
    const sent = this.#channel.send('subscribe', this.#listener.request(), (raw) => {
      // A reply to an earlier try on this connection is as good as one to the last.
      if (connection === this.#connection && this.#state === 'asking') this.#onReply(raw);
    });
    // The loss of the connection is reported soon.
    if (!sent) this.stop();
  }

  #onReply(raw: unknown): void {
    const answer = parseReply(raw, parseSubscribed);
    // Unreadable: treated as lost.
    if (answer === undefined) return;
    this.#timer?.cancel();
    if (answer.ok) this.#accept(answer.value);
    else if (answer.error.code === 'ALREADY_SUBSCRIBED' && this.#tries > 1) this.#accept(undefined);
    else if (answer.error.retryable) this.#delay(answer.error);
    else this.#listener.refused(answer.error);
  }

  #accept(subscribed: Subscribed | undefined): void {
    this.#state = 'enrolled';
    this.#refusals = 0;
    this.#listener.accepted(subscribed);
  }

  #delay(error: WireError): void {
    const backoffMs = Math.min(BACKOFF_MIN_MS * 2 ** Math.min(this.#refusals, 10), BACKOFF_MAX_MS);
    this.#refusals += 1;
    const waitMs = Math.min(Math.max(backoffMs, error.retryAfterMs ?? 0), LONGEST_WAIT_MS);
    this.#timer = this.#clock.setTimer(waitMs, () => this.#ask());
    this.#listener.delayed(error);
  }
}
