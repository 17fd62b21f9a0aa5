/**
 * One subscription from the call to its end: its state, and the delivery of values to handlers or a loop. Sees the hub
 * as a channel, without Socket.IO.
 */

import type { WireError } from '../../shared/errors.js';
import type {
  AggregateFrame,
  CastFrame,
  StreamGap,
  StreamItem,
  StreamMode,
  StreamPosition,
  Subscribed,
  SubscribeRequest,
  Unsubscribed,
} from '../../shared/stream-protocol.js';
import type { StreamChannel } from '../connection/channels.js';
import { Emitter } from '../emitter.js';
import { TickcastError } from '../error.js';
import type { FrameReader, FrameSink } from './frame-reader.js';
import { FreshnessMeter, type Sight } from './freshness.js';
import { SubscribeLoop } from './subscribe-loop.js';
import type { SubscriptionPlan } from './subscribe-options.js';
import type { Freshness, SubscriptionEvents, SubscriptionState, SubscriptionStats } from './types.js';
import { ValueBuffer } from './value-buffer.js';

export class StreamSubscription<Value extends StreamItem | AggregateFrame> {
  readonly #plan: SubscriptionPlan;
  readonly #reader: FrameReader<Value>;
  readonly #channel: StreamChannel;
  readonly #onEnd: (wasAsked: boolean) => void;
  readonly #loop: SubscribeLoop;
  readonly #meter: FreshnessMeter;
  readonly #events = new Emitter<SubscriptionEvents<Value>>(['value', 'gap', 'skipped', 'state']);
  /** The note is the position before the value. */
  readonly #buffer: ValueBuffer<Value, StreamPosition>;
  readonly #sink: FrameSink<Value>;
  readonly #onAbort = (): void => this.#end('its signal was aborted', undefined);
  #state: SubscriptionState = 'connecting';
  #error: TickcastError | undefined;
  #model: string | undefined;
  #labels: readonly string[] | undefined;
  #looping = false;
  /** What the hub of this connection was last told. */
  #paused = false;
  /**
   * Incoming items are ignored for now: the buffer was full, and every item counts. By the time the hub hears `paused`
   * it may have sent more than the buffer holds, so the position is kept and requested again.
   */
  #behind = false;
  /** Dropped from the full buffer during the current frame. */
  #dropped = 0;
  /** The program's position when it closed the subscription. */
  #closedAt: StreamPosition | undefined;
  #received = 0;
  #skipped = 0;
  #gaps = 0;
  #repeats = 0;

  /** `onEnd` is called once, with true when the hub may know of the subscription. */
  constructor(
    plan: SubscriptionPlan,
    reader: FrameReader<Value>,
    sight: Sight,
    channel: StreamChannel,
    onEnd: (wasAsked: boolean) => void,
  ) {
    this.#plan = plan;
    this.#reader = reader;
    this.#channel = channel;
    this.#onEnd = onEnd;
    this.#buffer = new ValueBuffer(plan.maxBuffered);
    this.#meter = new FreshnessMeter(sight);
    this.#loop = new SubscribeLoop(sight.clock, channel, {
      request: () => this.#request(),
      accepted: (subscribed) => this.#onAccepted(subscribed),
      delayed: ({ code, message }) => this.#enter('connecting', `refused for now: ${code}: ${message}`),
      refused: (error) => this.#fail(error),
    });
    this.#sink = this.#makeSink();
    if (plan.signal?.aborted) this.#onAbort();
    else plan.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get stream(): string {
    return this.#plan.stream;
  }

  get mode(): StreamMode {
    return this.#plan.mode;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  get error(): TickcastError | undefined {
    return this.#error;
  }

  get model(): string | undefined {
    return this.#model;
  }

  get labels(): readonly string[] | undefined {
    return this.#labels;
  }

  get position(): StreamPosition | undefined {
    return this.#closedAt ?? this.#buffer.note ?? this.#reader.position;
  }

  get stats(): SubscriptionStats {
    return {
      received: this.#received,
      skipped: this.#skipped,
      gaps: this.#gaps,
      repeats: this.#repeats,
      buffered: this.#buffer.size,
    };
  }

  get freshness(): Freshness | undefined {
    return this.#meter.figures;
  }

  ageOf(item: StreamItem): number | undefined {
    return this.#meter.ageOf(item);
  }

  on<Name extends keyof SubscriptionEvents<Value>>(
    name: Name,
    handler: (event: SubscriptionEvents<Value>[Name]) => void,
  ): () => void {
    const off = this.#events.on(name, handler);
    if (this.#state === 'ended') off();
    // Earlier values go to the first handler, but only once it has the function that removes it.
    if (name === 'value' && this.#buffer.size > 0) queueMicrotask(() => this.#handOver());
    return off;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Value, undefined> {
    if (this.#looping && this.#state !== 'ended') throw new TypeError('one loop over a subscription at a time');
    this.#looping = true;
    const iterator: AsyncIterableIterator<Value, undefined> = {
      next: () => {
        const next = this.#buffer.take();
        this.#pace();
        return next.then((result) => {
          if (!result.done) this.#meter.shown(result.value);
          return result;
        });
      },
      return: () => {
        this.close();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  close(): void {
    this.#end('close() was called', undefined);
  }

  /** Connected: the hub has said hello. */
  connected(): void {
    if (this.#state === 'ended') return;
    this.#ask();
  }

  lost(reason: string): void {
    if (this.#state === 'ended') return;
    this.#loop.stop();
    if (this.#state !== 'connecting') this.#enter('connecting', reason);
  }

  cast(frame: CastFrame): void {
    this.#read(frame.items.at(-1)?.model, () => this.#reader.cast(frame, this.#sink));
  }

  aggregate(frame: AggregateFrame): void {
    this.#read(frame.model, () => this.#reader.aggregate(frame, this.#sink));
  }

  gap(gap: StreamGap): void {
    // When behind, the hub says it again.
    if (this.#state === 'ended' || this.#behind) return;
    this.#reader.gap(gap, this.#sink);
    if (gap.epoch === undefined && this.#state === 'live') this.#enter('waiting', 'the stream began anew');
  }

  /** The hub ended the subscription. */
  unsubscribed({ position, ...error }: Unsubscribed): void {
    if (this.#reader.position === undefined) this.#reader.begin(position);
    this.#fail(error);
  }

  /** Ends the subscription without telling the hub. */
  fail(error: TickcastError): void {
    this.#end(error.message, error);
  }

  #read(model: string | undefined, read: () => void): void {
    if (this.#state === 'ended' || this.#behind) return;
    this.#model = model ?? this.#model;
    if (this.#state === 'waiting') this.#enter('live', 'somebody publishes');
    read();
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#skip(dropped, 'buffer');
    this.#pace();
  }

  #makeSink(): FrameSink<Value> {
    const isOpen = (): boolean => {
      if (this.#state !== 'ended') this.#behind ||= this.#plan.exact && this.#looping && this.#buffer.full;
      return this.#state !== 'ended' && !this.#behind;
    };
    return {
      get open() {
        return isOpen();
      },
      value: (value, before) => this.#give(value, before),
      skipped: (count) => this.#skip(count, 'pace'),
      gap: (gap) => {
        this.#gaps += 1;
        this.#events.emit('gap', gap);
      },
      repeat: () => {
        this.#repeats += 1;
      },
    };
  }

  #give(value: Value, before: StreamPosition): void {
    this.#received += this.#reader.countOf(value);
    const heard = this.#events.count('value') > 0;
    // Queued behind values that wait for a new handler.
    const queued = this.#looping || !heard || this.#buffer.size > 0;
    if (queued) {
      const dropped = this.#buffer.push(value, before);
      if (dropped !== undefined) this.#dropped += this.#reader.countOf(dropped);
    }
    if (heard && (this.#looping || !queued)) this.#hand(value);
  }

  /** Delivers queued values to the handlers. */
  #handOver(): void {
    while (!this.#looping && this.#events.count('value') > 0) {
      const value = this.#buffer.shift();
      if (value === undefined) break;
      this.#hand(value);
    }
    this.#pace();
  }

  /** To the handlers. A loop beside them takes it later. */
  #hand(value: Value): void {
    if (!this.#looping) this.#meter.shown(value);
    this.#events.emit('value', value);
  }

  #skip(count: number, reason: 'pace' | 'buffer'): void {
    this.#skipped += count;
    this.#events.emit('skipped', { count, reason });
  }

  /** Tells the hub to pause or resume. */
  #pace(): void {
    const paused = this.#buffer.crowded;
    if (this.#behind) {
      if (paused || !this.#loop.enrolled) return;
      this.#channel.send('unsubscribe', { stream: this.stream });
      return this.#ask();
    }
    if (paused === this.#paused || !this.#loop.enrolled) return;
    if (this.#channel.send('pace', { stream: this.stream, paused })) this.#paused = paused;
  }

  #ask(): void {
    this.#paused = false;
    this.#loop.connected();
  }

  #request(): SubscribeRequest {
    const position = this.#reader.position;
    if (position === undefined) return this.#plan.request;
    // The hub uses the history when that position no longer exists.
    return { ...this.#plan.request, position };
  }

  #onAccepted(subscribed: Subscribed | undefined): void {
    this.#model = subscribed?.model ?? this.#model;
    this.#labels = subscribed?.labels ?? this.#labels;
    this.#reader.begin(subscribed?.position);
    this.#meter.begin();
    const wasBehind = this.#behind;
    this.#behind = false;
    this.#pace();
    if (wasBehind && this.#state === 'live') return;
    const known = (subscribed === undefined ? this.#reader : subscribed).position !== undefined;
    this.#enter(known ? 'live' : 'waiting', known ? 'subscribed' : 'subscribed; nobody has published yet');
  }

  #fail(error: WireError): void {
    this.#end(error.message, new TickcastError(error));
  }

  #end(reason: string, error: TickcastError | undefined): void {
    if (this.#state === 'ended') return;
    const wasAsked = this.#loop.asked;
    if (error === undefined) this.#closedAt = this.position;
    this.#loop.stop();
    this.#plan.signal?.removeEventListener('abort', this.#onAbort);
    this.#error = error;
    // Nobody would know.
    if (error !== undefined && !this.#looping && this.#events.count('state') === 0)
      console.warn(`tickcast: the subscription to "${this.stream}" ended: ${error.code}: ${reason}`);
    this.#buffer.end(error);
    // Before calling the handlers, so that they may subscribe again.
    this.#state = 'ended';
    this.#onEnd(wasAsked && error === undefined);
    this.#enter('ended', reason, error);
    this.#events.clear();
  }

  #enter(state: SubscriptionState, reason: string, error?: TickcastError): void {
    this.#state = state;
    this.#events.emit('state', error === undefined ? { state, reason } : { state, reason, error });
  }
}
