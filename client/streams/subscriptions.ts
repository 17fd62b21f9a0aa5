/** All subscriptions of a client: one per stream, renewed on each connection. Routes frames to them. */

import type { AggregateFrame, StreamItem, StreamMode } from '../../shared/stream-protocol.js';
import type { TimerClock } from '../../shared/time/deadline-timer.js';
import type { StreamChannel } from '../connection/channels.js';
import type { StreamEventName } from '../connection/socket-io.js';
import { localError, type TickcastError } from '../error.js';
import type { Sight } from './freshness.js';
import { HubTime } from './hub-time.js';
import { ItemReader } from './item-reader.js';
import { type PageVisibility, VisibilityReport } from './page-visibility.js';
import { parseAggregate, parseCast, parseGap, parseUnsubscribed } from './parse-frames.js';
import type { SubscriptionPlan } from './subscribe-options.js';
import { StreamSubscription } from './subscription.js';
import type { Subscription } from './types.js';
import { WindowReader } from './window-reader.js';

/** What routing needs from a subscription of any value type. */
type AnySubscription = Pick<
  StreamSubscription<never>,
  'stream' | 'connected' | 'lost' | 'cast' | 'aggregate' | 'gap' | 'unsubscribed' | 'fail' | 'close'
>;

/** Bounds the streams left on one connection that the hub has yet to confirm, in case it never does. */
const MAX_LEAVING = 1_000;

export class Subscriptions {
  readonly #sight: Sight;
  readonly #channel: StreamChannel;
  readonly #visibility: VisibilityReport;
  readonly #byStream = new Map<string, AnySubscription>();
  /** Streams whose frames on this connection still belong to a closed subscription. */
  readonly #leaving = new Map<string, symbol>();

  constructor(clock: TimerClock, channel: StreamChannel, page: PageVisibility | undefined) {
    this.#channel = channel;
    this.#visibility = new VisibilityReport(page, channel, clock);
    const visibleSince = (): number => this.#visibility.visibleSince;
    this.#sight = { clock, hubTime: new HubTime(clock, channel), visibleSince };
  }

  /** Number of subscriptions that have not ended. */
  get size(): number {
    return this.#byStream.size;
  }

  /** Starts a subscription. Throws ALREADY_SUBSCRIBED: two would split one stream's values. */
  add<Mode extends StreamMode>(plan: SubscriptionPlan): Subscription<Mode> {
    if (this.#byStream.has(plan.stream)) {
      const text = `this client has a subscription to "${plan.stream}"; share it, or close it first`;
      throw localError('ALREADY_SUBSCRIBED', text);
    }
    const subscription =
      plan.mode === 'aggregate'
        ? this.#begin(plan, (onEnd) => this.#make(plan, new WindowReader(plan.position), onEnd))
        : this.#begin(plan, (onEnd) => this.#make(plan, new ItemReader(plan.position), onEnd));
    // The mode determines the reader and the reader its values, which the type states.
    return subscription as unknown as Subscription<Mode>;
  }

  connected(): void {
    this.#leaving.clear();
    this.#visibility.connected();
    if (this.size > 0) this.#sight.hubTime.start();
    for (const subscription of [...this.#byStream.values()]) subscription.connected();
  }

  lost(): void {
    this.#leaving.clear();
    this.#sight.hubTime.stop();
    for (const subscription of [...this.#byStream.values()]) {
      subscription.lost(this.#channel.obstacle ?? 'the connection was lost');
    }
  }

  /** A raw stream event. Ignored when no subscription matches. */
  event(event: StreamEventName, raw: unknown): void {
    if (event === 'cast') {
      const frame = parseCast(raw);
      if (frame !== undefined) this.#of(frame)?.cast(frame);
    } else if (event === 'aggregate') {
      const frame = parseAggregate(raw);
      if (frame !== undefined) this.#of(frame)?.aggregate(frame);
    } else if (event === 'gap') {
      const gap = parseGap(raw);
      if (gap !== undefined) this.#of(gap)?.gap(gap);
    } else if (event === 'unsubscribed') {
      const notice = parseUnsubscribed(raw);
      if (notice !== undefined) this.#of(notice)?.unsubscribed(notice);
    }
  }

  /** Ends them all: closed by the program, or with this error. */
  close(error?: TickcastError): void {
    for (const subscription of [...this.#byStream.values()]) {
      if (error === undefined) subscription.close();
      else subscription.fail(error);
    }
  }

  #make<Value extends StreamItem | AggregateFrame>(
    plan: SubscriptionPlan,
    reader: ConstructorParameters<typeof StreamSubscription<Value>>[1],
    onEnd: (wasAsked: boolean) => void,
  ): StreamSubscription<Value> {
    return new StreamSubscription<Value>(plan, reader, this.#sight, this.#channel, onEnd);
  }

  #begin<Value extends StreamItem | AggregateFrame>(
    { stream }: SubscriptionPlan,
    make: (onEnd: (wasAsked: boolean) => void) => StreamSubscription<Value>,
  ): StreamSubscription<Value> {
    const subscription = make((wasAsked) => this.#onEnd(stream, wasAsked));
    // Its signal may already be aborted.
    if (subscription.state === 'ended') return subscription;
    this.#byStream.set(stream, subscription);
    const connected = this.#channel.obstacle === undefined;
    if (this.size === 1) {
      this.#visibility.start();
      if (connected) this.#sight.hubTime.start();
    }
    if (connected) subscription.connected();
    return subscription;
  }

  #onEnd(stream: string, wasAsked: boolean): void {
    if (!this.#byStream.delete(stream)) return;
    if (this.size === 0) {
      this.#visibility.stop();
      this.#sight.hubTime.stop();
    }
    if (wasAsked) this.#leave(stream);
  }

  /** Frames the hub sent before it hears of this must not reach a new subscription to the same stream. */
  #leave(stream: string): void {
    const leave = Symbol(stream);
    const sent = this.#channel.send('unsubscribe', { stream }, () => {
      if (this.#leaving.get(stream) === leave) this.#leaving.delete(stream);
    });
    if (sent && this.#leaving.size < MAX_LEAVING) this.#leaving.set(stream, leave);
  }

  #of({ stream }: { readonly stream: string }): AnySubscription | undefined {
    return this.#leaving.has(stream) ? undefined : this.#byStream.get(stream);
  }
}
