/**
 * The Socket.IO packets that the lean client sends and reads, as bytes: requests prepared once and patched, answers
 * read without JSON.parse. Knows the packets' text; knows nothing of sockets or time.
 */

import { clientTextFrame } from './frames.js';

/** Ids have this many digits, so that a prepared request keeps its length. */
const ID_DIGITS = 9;
export const FIRST_ID = 10 ** (ID_DIGITS - 1);
/** One past the largest id. */
export const END_ID = 10 ** ID_DIGITS;

const DIGIT_ZERO = 0x30;

export type PacketKind = 'open' | 'connected' | 'ping' | 'hello' | 'prediction' | 'other';

const PREDICTION = Buffer.from('42["prediction",{');
const HELLO = Buffer.from('42["hello"');
const CONNECTED = Buffer.from('40');
const ID_FIELD = Buffer.from('"id":');

/** Requests a connection to the main namespace. */
export const CONNECT_FRAME: Buffer = clientTextFrame(Buffer.from('40'));
/** The answer to Engine.IO's ping. */
export const PONG_FRAME: Buffer = clientTextFrame(Buffer.from('3'));

/** One `predict` event as a frame, sent repeatedly with different ids. */
export class RequestFrame {
  readonly bytes: Buffer;
  readonly #idAt: number;

  constructor(input: readonly number[] | readonly (readonly number[])[]) {
    const tail = `${FIRST_ID}}]`;
    this.bytes = clientTextFrame(Buffer.from(`42["predict",{"input":${JSON.stringify(input)},"id":${tail}`));
    this.#idAt = this.bytes.length - tail.length;
  }

  /** `id` from {@link FIRST_ID} up to {@link END_ID}. The bytes must no longer be in use by a write. */
  setId(id: number): void {
    let rest = id;
    for (let at = this.#idAt + ID_DIGITS - 1; at >= this.#idAt; at--) {
      const tens = Math.floor(rest / 10);
      this.bytes[at] = DIGIT_ZERO + rest - tens * 10;
      rest = tens;
    }
  }
}

export function packetKind(bytes: Buffer, start: number, end: number): PacketKind {
  if (startsWith(bytes, start, end, PREDICTION)) return 'prediction';
  const first = bytes[start];
  if (first === 0x32) return 'ping';
  if (first === DIGIT_ZERO) return 'open';
  if (startsWith(bytes, start, end, CONNECTED)) return 'connected';
  return startsWith(bytes, start, end, HELLO) ? 'hello' : 'other';
}

/**
 * The id of a `prediction` packet, or -1. Every server here writes it as the first field; otherwise it is searched for.
 */
export function predictionId(bytes: Buffer, start: number, end: number): number {
  let field = start + PREDICTION.length;
  if (!startsWith(bytes, field, end, ID_FIELD)) {
    field = bytes.indexOf(ID_FIELD, field);
    if (field < 0 || field >= end) return -1;
  }
  let id = 0;
  let at = field + ID_FIELD.length;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) break;
    id = id * 10 + digit;
  }
  return at === field + ID_FIELD.length ? -1 : id;
}

/** The numbers of a `prediction` packet, nested or not, by JSON.parse. */
export function predictionValues(bytes: Buffer, start: number, end: number): readonly number[] | undefined {
  const packet: unknown = JSON.parse(bytes.toString('utf8', start + 2, end));
  const payload: unknown = Array.isArray(packet) ? packet[1] : undefined;
  if (typeof payload !== 'object' || payload === null || !('prediction' in payload)) return undefined;
  const { prediction } = payload;
  const values: unknown[] = Array.isArray(prediction) ? prediction.flat(2) : [];
  return values.every((value) => typeof value === 'number') ? values : undefined;
}

function startsWith(bytes: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  for (let at = 0; at < prefix.length; at++) if (bytes[start + at] !== prefix[at]) return false;
  return true;
}
