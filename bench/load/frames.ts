/**
 * WebSocket frames for the lean client: whole text frames, written with a zero mask, read without copying. Knows RFC
 * 6455; knows nothing of Engine.IO, Socket.IO or predictions.
 */

const FIN = 0x80;
const MASKED = 0x80;
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
/** Longest payload whose length fits in the second byte. */
const SHORT_PAYLOAD = 125;
const LONGEST_16_BIT = 0xffff;

/**
 * A client's text frame. The mask key is zero, which the RFC permits like any other key and which leaves the payload as
 * it is, so that a prepared frame can be changed in place; the server's work is the same.
 */
export function clientTextFrame(payload: Uint8Array): Buffer {
  if (payload.length > LONGEST_16_BIT)
    throw new RangeError(`a frame of ${payload.length} bytes; expected 65,535 at most`);
  const header = payload.length <= SHORT_PAYLOAD ? 6 : 8;
  const frame = Buffer.alloc(header + payload.length);
  frame[0] = FIN | TEXT;
  if (header === 6) frame[1] = MASKED | payload.length;
  else {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(payload.length, 2);
  }
  frame.set(payload, header);
  return frame;
}

/** Called with each text frame's payload: `bytes` from `start` to `end`, to be read before the call returns. */
export type TextSink = (bytes: Buffer, start: number, end: number) => void;

/** Finds the frames in what a server sends. A frame cut at the end of a chunk is kept until the rest arrives. */
export class FrameReader {
  readonly #onText: TextSink;
  #rest: Buffer | undefined;

  constructor(onText: TextSink) {
    this.#onText = onText;
  }

  /** Reads a chunk, whose memory may be reused afterwards. Returns what was wrong, or undefined. */
  read(chunk: Buffer): string | undefined {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 2) {
      const first = bytes[at] ?? 0;
      let length = bytes[at + 1] ?? 0;
      if ((length & MASKED) !== 0) return 'the server sent a masked frame';
      let start = at + 2;
      if (length === 126) {
        if (bytes.length < at + 4) break;
        length = bytes.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) {
        if (bytes.length < at + 10) break;
        length = Number(bytes.readBigUInt64BE(at + 2));
        start = at + 10;
      }
      if (bytes.length < start + length) break;
      if (first === (FIN | TEXT)) this.#onText(bytes, start, start + length);
      else {
        const fault = describeFrame(first, bytes.subarray(start, start + length));
        if (fault !== undefined) return fault;
      }
      at = start + length;
    }
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at));
    return undefined;
  }
}

/** Socket.IO pings with text, so a WebSocket ping is ignored: no server here sends one and waits for it. */
function describeFrame(first: number, payload: Buffer): string | undefined {
  const opcode = first & 0x0f;
  if (first === (FIN | PING) || first === (FIN | PONG)) return undefined;
  if (opcode === CLOSE) {
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 'none';
    return `the server closed the WebSocket (code ${code}${payload.length > 2 ? `, ${payload.toString('utf8', 2)}` : ''})`;
  }
  return `expected whole text frames, got a frame that begins with byte 0x${first.toString(16)}`;
}
