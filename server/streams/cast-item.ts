/** One prediction in a stream, and its JSON, serialised once for all viewers. */

import type { ReceiptParts, WordWeight } from '../../shared/protocol.js';
import type { SampleItem, StreamItem } from '../../shared/stream-protocol.js';
import type { CastItem } from '../contracts/broker.js';
import type { CastPrediction, CastSource } from '../contracts/streams.js';

/** Approximate size of an item besides its text, in bytes: its fields as an object and as JSON. */
const FIXED_BYTES = 600;

class PublishedItem implements CastItem {
  readonly item: StreamItem;
  readonly receipt: ReceiptParts | undefined;
  words: readonly WordWeight[] | undefined;
  #json: string | undefined;

  constructor(item: StreamItem, receipt: ReceiptParts | undefined) {
    this.item = item;
    this.receipt = receipt;
  }

  get offset(): number {
    return this.item.offset;
  }

  /** Counts the text twice: as it is, and in JSON. */
  get bytes(): number {
    return FIXED_BYTES + 4 * (this.item.text?.length ?? 0);
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.item);
    return this.#json;
  }

  get sample(): SampleItem {
    return this.words === undefined ? this.item : { ...this.item, words: this.words };
  }
}

/** Creates the item that viewers get from a prediction. `at`: milliseconds since 1970. */
export function makeItem(offset: number, at: number, prediction: CastPrediction, source: CastSource): CastItem {
  const { from, id, row, text, textLength, receipt } = source;
  const item: StreamItem = {
    offset,
    at,
    // To a tenth of a millisecond: more is noise and takes room.
    ...(receipt === undefined ? {} : { tookMs: Math.round(receipt.totalUs / 100) / 10 }),
    from,
    ...(id === undefined ? {} : { id }),
    ...(row === undefined ? {} : { row }),
    ...(text === undefined ? {} : { text }),
    ...(textLength === undefined ? {} : { textLength }),
    ...prediction,
  };
  return new PublishedItem(item, receipt);
}
