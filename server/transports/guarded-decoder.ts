/**
 * Socket.IO's decoder with a limit on the JSON text of an event, checked before JSON.parse: a megabyte of nested arrays would hold
 * the event loop for a tenth of a second. An oversized `predict` reaches its handler as {@link Oversized} and is answered; so is a
 * handshake with an oversized token.
 */

import { Decoder, type Packet, PacketType } from 'socket.io-parser';

/** Stands where the payload of a `predict` event, or the token of a handshake, would: its text was longer than the limit. */
export class Oversized {
  readonly bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

/** Type, attachment count, namespace and acknowledgement id of an event for the main namespace, up to its name. */
const PREDICT_HEADER = /^(?:2|5(\d{1,2})-)(\d{0,15})\["predict",/;
/** A handshake for the main namespace with something to say. */
const CONNECT_HEADER = '0{';
/** UTF-8 needs at most this many bytes for a UTF-16 unit: a shorter string needs no counting. */
const MAX_BYTES_PER_UNIT = 3;

/** A decoder class for `new Server({ parser })` with this limit in bytes of UTF-8. */
export function guardedDecoder(maxJsonBytes: number): typeof Decoder {
  return class GuardedDecoder extends Decoder {
    /** Attachments of an oversized event that are still to come. */
    #skip = 0;

    override add(chunk: unknown): void {
      if (typeof chunk !== 'string') {
        if (this.#skip === 0) super.add(chunk);
        else this.#skip -= 1;
        return;
      }
      if (chunk.length * MAX_BYTES_PER_UNIT <= maxJsonBytes) return super.add(chunk);
      const bytes = Buffer.byteLength(chunk);
      if (bytes <= maxJsonBytes) return super.add(chunk);
      if (chunk.startsWith(CONNECT_HEADER)) {
        const data = { token: new Oversized(bytes) };
        this.emitReserved('decoded', { type: PacketType.CONNECT, nsp: '/', data } satisfies Packet);
        return;
      }
      const header = PREDICT_HEADER.exec(chunk.slice(0, 64));
      // Nothing else has a reason to be this long. The caller closes the connection on a throw.
      if (header === null) throw new Error('message over maxJsonBytes');
      const [, attachments, ack] = header;
      this.#skip = Number(attachments ?? 0);
      const packet: Packet = { type: PacketType.EVENT, nsp: '/', data: ['predict', new Oversized(bytes)] };
      if (ack !== undefined && ack !== '') packet.id = Number(ack);
      this.emitReserved('decoded', packet);
    }
  };
}
