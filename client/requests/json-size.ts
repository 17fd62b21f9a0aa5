/** Bounds the JSON size of a value without serialising it. Rejects values that have no JSON. */

/** Maximum attachments of one packet: Socket.IO's parser rejects more and cuts the connection. */
const MAX_ATTACHMENTS = 10;

/** Deeper than any tensor, and far below the depth at which JSON.stringify overflows the stack. */
const MAX_DEPTH = 32;
/** The longest number with its comma: `-1.2345678901234567e-100,`. */
const NUMBER_BYTES = 25;
/** One UTF-16 unit takes six bytes at most: `\u001f`. */
const UNIT_BYTES = 6;
const PLACEHOLDER_BYTES = '{"_placeholder":true,"num":10},'.length;

/** The result of walking a value. Bytes are counted separately, since they travel as attachments. */
export class JsonSize {
  /** Lower bound of the text's size, in bytes. */
  atLeast = 0;
  /** Upper bound of the text's size, in bytes. */
  atMost = 0;
  attachments = 0;
  /** Size of the largest attachment, in bytes. */
  largestAttachment = 0;

  /** Adds a value; returns undefined, or what is wrong with it. Stops early once `atLeast` exceeds `limit`. */
  add(value: unknown, path: string, limit: number): string | undefined {
    return this.#add(value, path, limit, 0, false);
  }

  #add(value: unknown, path: string, limit: number, depth: number, inArray: boolean): string | undefined {
    switch (typeof value) {
      case 'number':
        this.#grow(2, NUMBER_BYTES);
        return value - value === 0 ? undefined : `${path} has ${value}; numbers must be finite`;
      case 'string':
        this.#grow(value.length + 2, value.length * UNIT_BYTES + 3);
        return undefined;
      case 'boolean':
      case 'undefined':
        this.#grow(0, 6);
        return undefined;
      case 'object':
        break;
      default:
        return `${path} holds a ${typeof value}, which cannot be sent; give numbers, strings or typed arrays`;
    }
    if (value === null) {
      this.#grow(4, 5);
      return undefined;
    }
    if (depth >= MAX_DEPTH) return `${path} is nested more than ${MAX_DEPTH} levels deep`;
    if (Array.isArray(value)) return this.#addArray(value, path, limit, depth);
    if (inArray && ArrayBuffer.isView(value)) {
      return `${path} holds a typed array inside an array; give all rows as one { dtype, shape, data }, or nested numbers`;
    }
    if (value instanceof Uint8Array) return this.#addBytes(value, path);
    return this.#addObject(value, path, limit, depth);
  }

  /** The hot loop: a flat array of numbers costs one check per element. */
  #addArray(values: readonly unknown[], path: string, limit: number, depth: number): string | undefined {
    this.#grow(2, 3);
    // Each element takes at least two bytes, comma included: a huge array is rejected without walking it.
    if (values.length * 2 > limit) {
      this.atLeast += values.length * 2;
      return undefined;
    }
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === 'number' && value - value === 0) {
        this.atLeast += 2;
        this.atMost += NUMBER_BYTES;
        continue;
      }
      const problem = this.#add(value, path, limit, depth + 1, true);
      if (problem !== undefined) return problem;
      if (this.atLeast > limit) return undefined;
    }
    return undefined;
  }

  #addBytes(bytes: Uint8Array, path: string): string | undefined {
    this.attachments += 1;
    this.largestAttachment = Math.max(this.largestAttachment, bytes.byteLength);
    this.#grow(0, PLACEHOLDER_BYTES);
    return this.attachments > MAX_ATTACHMENTS
      ? `${path} has more than ${MAX_ATTACHMENTS} typed arrays, which one message cannot carry`
      : undefined;
  }

  #addObject(value: object, path: string, limit: number, depth: number): string | undefined {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      const { name } = value.constructor ?? {};
      return `${path} holds a ${name ?? 'class instance'}, which cannot be sent; give a plain object, numbers, strings or a Float32Array or Int32Array`;
    }
    this.#grow(2, 3);
    for (const [key, inner] of Object.entries(value)) {
      this.#grow(0, key.length * UNIT_BYTES + 4);
      const problem = this.#add(inner, path, limit, depth + 1, false);
      if (problem !== undefined) return problem;
      if (this.atLeast > limit) return undefined;
    }
    return undefined;
  }

  #grow(atLeast: number, atMost: number): void {
    this.atLeast += atLeast;
    this.atMost += atMost;
  }
}

/**
 * The exact size of an event's arguments as JSON, with placeholders for attachments, in bytes. Serialises them: for
 * rare use.
 */
export function exactJsonBytes(args: readonly unknown[]): number {
  let num = 0;
  const text = JSON.stringify(args, (_key, value: unknown) =>
    value instanceof Uint8Array ? { _placeholder: true, num: num++ } : value,
  );
  return new TextEncoder().encode(text).byteLength;
}
