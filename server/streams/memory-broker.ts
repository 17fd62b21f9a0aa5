/** Keeps streams in this process: lost when it ends, and visible to this hub only. */

import type { Broker, BrokerParts, CastItem, StreamLog, StreamReader } from '../contracts/broker.js';
import type { CastPrediction, CastSource } from '../contracts/streams.js';
import { Calendar } from './calendar.js';
import { makeItem } from './cast-item.js';
import { ItemRing } from './item-ring.js';

/** A broker in this process. */
export class MemoryBroker implements Broker {
  readonly #parts: BrokerParts;
  readonly #calendar: Calendar;
  /** Of the streams that are open. */
  readonly #rings = new Set<ItemRing>();

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.#calendar = new Calendar(parts.clock, parts.wallNow);
  }

  now(): number {
    return this.#calendar.now();
  }

  follow(): boolean {
    const jumped = this.#calendar.follow();
    const { maxAgeMs } = this.#parts;
    if (maxAgeMs !== undefined) for (const ring of this.#rings) ring.evictBefore(this.#calendar.now() - maxAgeMs);
    return jumped;
  }

  open(_stream: string, reader: StreamReader): StreamLog {
    const { mark, nonce, maxItems, maxBytes } = this.#parts;
    const ring = new ItemRing(maxItems, maxBytes);
    this.#rings.add(ring);
    const closed = (): void => void this.#rings.delete(ring);
    return new MemoryLog(`${mark}.${nonce()}`, reader, ring, this.#calendar, closed);
  }

  isOwn(epoch: string): boolean {
    return epoch.startsWith(`${this.#parts.mark}.`);
  }

  close(): void {}
}

class MemoryLog implements StreamLog {
  readonly epoch: string;
  readonly #ring: ItemRing;
  readonly #calendar: Calendar;
  readonly #onClose: () => void;
  #reader: StreamReader | undefined;

  constructor(epoch: string, reader: StreamReader, ring: ItemRing, calendar: Calendar, onClose: () => void) {
    this.epoch = epoch;
    this.#reader = reader;
    this.#ring = ring;
    this.#calendar = calendar;
    this.#onClose = onClose;
  }

  get first(): number {
    return this.#ring.first;
  }

  get last(): number {
    return this.#ring.last;
  }

  slice(from: number, to: number): readonly CastItem[] {
    return this.#ring.slice(from, to);
  }

  publish(prediction: CastPrediction, source: CastSource): void {
    if (this.#reader === undefined) return;
    const item = makeItem(this.#ring.last + 1, this.#calendar.now(), prediction, source);
    this.#ring.push(item);
    this.#reader.item(item);
  }

  fail(count: number): void {
    this.#reader?.failed(count, this.#calendar.now());
  }

  erase(): void {
    this.#ring.clear();
  }

  close(): void {
    this.#reader = undefined;
    this.#onClose();
  }
}
