/**
 * Writes JSON byte by byte into one reused buffer. Concatenating strings would cost the log's thread more in copies and
 * garbage than everything else; V8's own formatting of a number with few decimals takes several times as long as
 * writing its digits.
 */

const FIRST_BYTES = 1 << 18;
/** Longest text of a number: `-2.2250738585072014e-308`. */
const NUMBER_BYTES = 24;
/** UTF-8 bytes of a UTF-16 unit, or `\u001f`, and two quotes. */
const MAX_ESCAPED_BYTES = 6;
const [ZERO, MINUS, POINT, QUOTE, BACKSLASH] = [0x30, 0x2d, 0x2e, 0x22, 0x5c];
/** Below this, a number times 1e8 is an integer that a double holds exactly. */
const LARGEST = 1e7;
const INT32 = 2 ** 31;

export class JsonBytes {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #at = 0;

  /** Everything written since the last {@link clear}; valid until the next write. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  clear(): void {
    this.#at = 0;
  }

  /** Bytes that are already JSON. */
  raw(part: Uint8Array): void {
    const bytes = this.#room(part.length);
    let at = this.#at;
    // Keys are short: a library call takes longer than this loop.
    for (let i = 0; i < part.length; i++) bytes[at++] = part[i] as number;
    this.#at = at;
  }

  byte(value: number): void {
    this.#room(1)[this.#at++] = value;
  }

  string(text: string): void {
    const bytes = this.#room(text.length * MAX_ESCAPED_BYTES + 2);
    let at = this.#at;
    bytes[at++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) {
        this.#at += bytes.write(JSON.stringify(text), this.#at);
        return;
      }
      bytes[at++] = unit;
    }
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  /** Reads back as the same double. */
  double(value: number): void {
    if (Number.isInteger(value)) return this.#whole(value);
    const size = Math.abs(value);
    const scaled = Math.round(size * 1e4);
    if (!(size < LARGEST) || scaled / 1e4 !== size) this.#other(value);
    else {
      const whole = Math.floor(scaled / 1e4);
      this.#begin(value, whole);
      this.#decimals(scaled - whole * 1e4, 4);
      this.#trim();
    }
  }

  /** Reads back as the same float32: 0.7361124 rather than 0.7361123561859131. */
  float(value: number): void {
    if (Number.isInteger(value)) return this.#whole(value);
    const size = Math.abs(value);
    // From 0.1 to 1, eight decimals always suffice, and seven mostly.
    for (let [places, scale] = [7, 1e7]; places <= 8 && size < LARGEST; places++, scale *= 10) {
      const scaled = Math.round(size * scale);
      if (Math.fround(scaled / scale) !== size) continue;
      const whole = Math.floor(scaled / scale);
      this.#begin(value, whole);
      this.#decimals(scaled - whole * scale, places);
      return this.#trim();
    }
    this.#smallFloat(value, size);
  }

  /** Probabilities near zero need more decimals. */
  #smallFloat(value: number, size: number): void {
    const scaled = Math.round(size * 1e12);
    if (!(size < 1) || Math.fround(scaled / 1e12) !== size) return this.#other(value);
    const high = Math.floor(scaled / 1e6);
    this.#begin(value, 0);
    this.#decimals(high, 6);
    this.#decimals(scaled - high * 1e6, 6);
    this.#trim();
  }

  /** An integer; -0 and non-finite values come here too. */
  #whole(value: number): void {
    if (!(value > -INT32 && value < INT32)) return this.#other(value);
    this.#room(NUMBER_BYTES);
    if (value < 0) this.#bytes[this.#at++] = MINUS;
    this.#digits(Math.abs(value));
  }

  /** The part of a fraction up to its point. */
  #begin(value: number, whole: number): void {
    const bytes = this.#room(NUMBER_BYTES);
    if (value < 0) bytes[this.#at++] = MINUS;
    this.#digits(whole);
    bytes[this.#at++] = POINT;
  }

  /** Digits of an integer below 2^31. */
  #digits(value: number): void {
    let count = 1;
    for (let limit = 10; value >= limit && count < 10; limit *= 10) count += 1;
    this.#decimals(value, count);
  }

  #decimals(value: number, count: number): void {
    const bytes = this.#bytes;
    let rest = value | 0;
    for (let at = this.#at + count - 1; at >= this.#at; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.#at += count;
  }

  /** A fraction is not 0, so a digit remains. */
  #trim(): void {
    while (this.#bytes[this.#at - 1] === ZERO) this.#at -= 1;
  }

  /** Formatted by V8. JSON has no NaN and no infinity. */
  #other(value: number): void {
    this.#at += this.#room(NUMBER_BYTES).write(Number.isFinite(value) ? `${value}` : 'null', this.#at, 'latin1');
  }

  #room(more: number): Buffer {
    const end = this.#at + more;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * end);
      this.#bytes.copy(larger, 0, 0, this.#at);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
