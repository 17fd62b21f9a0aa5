/**
 * One WebSocket frame from a client, with every field right or wrong. Knows RFC 6455; nothing of the payload's meaning.
 */

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameFields {
  readonly opcode?: number;
  /** Whether the message ends here. @default true */
  readonly isFinal?: boolean;
  /** Whether it is masked. @default true */
  readonly isMasked?: boolean;
  /** The three reserved bits, as a number. @default 0 */
  readonly reserved?: number;
  /** The length claimed by the header; the payload is sent as it is. */
  readonly declaredBytes?: number;
}

/** The mask, if any, is zero: the payload stays as it is, and the server's work is the same. */
export function frame(payload: string | Uint8Array, fields: FrameFields = {}): Buffer {
  const { opcode = OPCODE.text, isFinal = true, isMasked = true, reserved = 0, declaredBytes } = fields;
  const body = Buffer.from(payload);
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const header = [Buffer.from([first]), lengthField(declaredBytes ?? body.length, isMasked ? 0x80 : 0)];
  return Buffer.concat([...header, ...(isMasked ? [Buffer.alloc(4)] : []), body]);
}

/** The same frame repeated, as one buffer. */
export function repeated(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array<Buffer>(times).fill(bytes));
}

function lengthField(bytes: number, mask: number): Buffer {
  if (bytes < 126) return Buffer.from([bytes | mask]);
  if (bytes < 65_536) return Buffer.from([126 | mask, bytes >> 8, bytes & 255]);
  const field = Buffer.alloc(9);
  field[0] = 127 | mask;
  field.writeBigUInt64BE(BigInt(bytes), 1);
  return field;
}
