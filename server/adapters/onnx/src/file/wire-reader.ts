/**
 * Reads the protobuf wire format: fields of one message, one after the other, never past its end. Knows no message
 * types. Throws {@link Malformed} on what is no such message.
 */

/** The bytes are no message. */
export class Malformed extends Error {}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const MAX_VARINT_BYTES = 10;

/** Beyond it a varint is a negative number in two's complement. */
const NEGATIVE_FROM = 2 ** 63;

export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #field = 0;
  #wireType = VARINT;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The number of the next field, whose value must then be read or skipped; 0 at the end. */
  next(): number {
    if (this.#at >= this.#bytes.length) return 0;
    const key = this.#varint();
    this.#wireType = key % 8;
    this.#field = Math.floor(key / 8);
    if (this.#field === 0 || this.#field >= 2 ** 29) throw new Malformed('a field has no valid number');
    return this.#field;
  }

  /** Exact up to 2^53; any negative value is -1. */
  number(): number {
    if (this.#wireType !== VARINT) throw this.#unexpected();
    const value = this.#varint();
    return value >= NEGATIVE_FROM ? -1 : value;
  }

  /** The numbers of a repeated field: one, or a packed list. */
  numbers(): readonly number[] {
    if (this.#wireType !== BYTES) return [this.number()];
    const packed = new WireReader(this.bytes());
    const values: number[] = [];
    while (packed.#at < packed.#bytes.length) values.push(packed.number());
    return values;
  }

  /** A view of the field's bytes, without a copy. */
  bytes(): Uint8Array {
    if (this.#wireType !== BYTES) throw this.#unexpected();
    const length = this.#varint();
    return this.#bytes.subarray(this.#at, this.#advance(length));
  }

  text(): string {
    return new TextDecoder().decode(this.bytes().slice());
  }

  message(): WireReader {
    return new WireReader(this.bytes());
  }

  /** Moves on, and returns the bytes that the value takes. */
  skip(): number {
    const from = this.#at;
    if (this.#wireType === VARINT) this.#varint();
    else if (this.#wireType === BYTES) this.bytes();
    else if (this.#wireType === FIXED64) this.#advance(8);
    else if (this.#wireType === FIXED32) this.#advance(4);
    else throw this.#unexpected();
    return this.#at - from;
  }

  /** Moves on, and returns where to. */
  #advance(length: number): number {
    if (length > this.#bytes.length - this.#at) throw new Malformed('a field ends after the file');
    this.#at += length;
    return this.#at;
  }

  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Malformed('a field ends after the file');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new Malformed('a number is too long');
  }

  #unexpected(): Malformed {
    return new Malformed(`field ${this.#field} has wire type ${this.#wireType}`);
  }
}
