/**
 * Socket.IO's decoder with the bounds it lacks, and without its penalty for a bad event: what cannot be parsed, or must
 * not be, reaches its handler as {@link Unreadable} and is answered, and the connection continues. A connection can
 * join only once at a time; what no client sends by mistake cuts it.
 */

import { Decoder, type Packet, PacketType } from 'socket.io-parser';
import { type WireError, wireError } from '../../../shared/errors.js';
import type { RequestId } from '../../../shared/protocol.js';
import type { Clock } from '../../contracts/clock.js';
import { Allowance } from '../wire/allowance.js';
import { type JsonBounds, jsonBounds, refuseShape } from '../wire/json-shape.js';
import type { Wire } from '../wire/wire.js';
import { idOf, idWithin } from './unread-id.js';
import { UNREADABLE, Unreadable } from './unreadable.js';

export interface PacketDecoderOptions {
  readonly maxJsonBytes: number;
  readonly maxFrameBytes: number;
  readonly maxAttachments: number;
  /** Names of the events that the hub knows. */
  readonly events: ReadonlySet<string>;
  readonly clock: Clock;
  /** Called for each request to join a namespace that is not there, with its name. */
  readonly onForeignNamespace: (wire: Wire | undefined, namespace: string) => void;
  /** The wire of the connection that a decoder is being created for. */
  readonly wire: () => Wire | undefined;
}

/** Called before an event is parsed: returns why it must not be. `chunk`: its text, without attachments. */
export type Gate = (event: string, chunk: string, attachments: number) => WireError | undefined;

/** Type, attachments, namespace, acknowledgement id and name of an event, up to its payload. */
const EVENT_HEADER = /^(?:2|5(\d{1,9})-)(?:(\/[^,[]*),)?(\d{0,15})\["([^"\\]{1,64})"([,\]])/;
/** The most common event, recognised without the expression. */
const PLAIN_PREDICT = '2["predict",';
const HEADER_CHARS = 256;
/** UTF-8 needs at most this many bytes per UTF-16 unit: a shorter string needs no counting. */
const MAX_BYTES_PER_UNIT = 3;
/** A connection may leave and rejoin this often at once, then this often per second. */
const JOINS_AT_ONCE = 10;
const JOINS_A_SECOND = 0.5;

interface Header {
  readonly event: string;
  readonly attachments: number;
  readonly ack: number | undefined;
}

const PREDICT: Header = { event: 'predict', attachments: 0, ack: undefined };
const NAMELESS: Header = { event: UNREADABLE, attachments: 0, ack: undefined };

/** A decoder class for `new Server({ parser })`. */
export function packetDecoder(options: PacketDecoderOptions): typeof Decoder {
  const bounds = jsonBounds(options.maxJsonBytes);
  return class extends PacketDecoder {
    constructor() {
      super(options, bounds);
    }
  };
}

export class PacketDecoder extends Decoder {
  /** Called before an event is parsed, once the connection has joined. */
  gate: Gate | undefined;
  readonly #options: PacketDecoderOptions;
  readonly #bounds: JsonBounds;
  readonly #wire: Wire | undefined;
  readonly #joins: Allowance;
  #hasJoined = false;
  /** Remaining attachments of an event that was already answered. */
  #skip = 0;
  /** The event whose attachments are being collected. */
  #open: { readonly header: Header; readonly chunk: string; left: number; bytes: number } | undefined;

  constructor(options: PacketDecoderOptions, bounds: JsonBounds) {
    super({ maxAttachments: options.maxAttachments });
    this.#options = options;
    this.#bounds = bounds;
    this.#wire = options.wire();
    this.#joins = new Allowance(JOINS_A_SECOND, JOINS_AT_ONCE, options.clock);
  }

  override add(chunk: unknown): void {
    if (typeof chunk !== 'string') return this.#attach(chunk);
    this.#skip = 0;
    if (this.#open !== undefined)
      this.#drop('INVALID_INPUT', 'not all attachments of the event came before the next message');
    switch (chunk.charCodeAt(0)) {
      case 0x32: // 2
      case 0x35: // 5
        return this.#event(chunk);
      case 0x30: // 0
        return this.#connect(chunk);
      case 0x31: // 1
        if (chunk === '1') this.#hasJoined = false;
        return super.add(chunk);
      case 0x33: // 3
        // The hub never requests acknowledgements.
        return this.#wire?.faulty();
      case 0x36: // 6
        this.#skip = Number(/^6(\d{1,9})-/.exec(chunk.slice(0, 12))?.[1] ?? 0);
        return this.#wire?.faulty();
      default:
        return this.#violation('a packet of no type that a client may send');
    }
  }

  #connect(chunk: string): void {
    const isMain = chunk.charCodeAt(1) !== 0x2f;
    if (isMain && this.#hasJoined) return this.#violation('a second CONNECT to a namespace that it has joined');
    if (this.#joins.take(1) > 0) return this.#violation('it joins again and again');
    if (isMain) this.#hasJoined = true;
    else this.#options.onForeignNamespace(this.#wire, /^0([^,?]{0,100})/.exec(chunk)?.[1] ?? '');
    if (!this.#oversize(chunk) && refuseShape(chunk, this.#bounds) === undefined) return super.add(chunk);
    if (!isMain) return this.#violation('a CONNECT that is too large');
    // Not a string: a token that is never valid.
    const data = { token: new Unreadable(wireError('TOO_LARGE', 'the token is too large')) };
    this.emitReserved('decoded', { type: PacketType.CONNECT, nsp: '/', data } satisfies Packet);
  }

  #event(chunk: string): void {
    const header = chunk.startsWith(PLAIN_PREDICT) ? PREDICT : this.#headerOf(chunk);
    if (header === undefined) return;
    const { event, attachments } = header;
    const unread = this.#refuseHeader(header, chunk);
    if (unread !== undefined) return this.#refuse(header, new Unreadable(unread, idOf(chunk)));
    const tooMany = this.gate?.(event, chunk, attachments);
    if (tooMany !== undefined) return this.#refuse(header, new Unreadable(tooMany, this.#idOf(chunk)));
    const misshapen = this.#refuseJson(chunk);
    if (misshapen !== undefined) return this.#refuse(header, new Unreadable(misshapen, idOf(chunk), true));
    try {
      super.add(chunk);
    } catch {
      const error = wireError('INVALID_INPUT', whyNoJson(chunk));
      return this.#refuse(header, new Unreadable(error, idOf(chunk), true));
    }
    if (attachments > 0) this.#open = { header, chunk, left: attachments, bytes: 0 };
  }

  /** Undefined: it could not be parsed, which has been reported. */
  #headerOf(chunk: string): Header | undefined {
    const match = EVENT_HEADER.exec(chunk.slice(0, HEADER_CHARS));
    if (match === null) {
      this.#skip = Number(/^5(\d{1,9})-/.exec(chunk.slice(0, 12))?.[1] ?? 0);
      const error = wireError('INVALID_INPUT', 'an event cannot be read; expected 2["name",payload]');
      this.#emit(NAMELESS, new Unreadable(error));
      return undefined;
    }
    const [, attachments, namespace = '/', ack, event = ''] = match;
    if (namespace !== '/') {
      this.#violation('an event for a namespace that it has not joined');
      return undefined;
    }
    return {
      event,
      attachments: Number(attachments ?? 0),
      ack: ack === undefined || ack === '' ? undefined : Number(ack),
    };
  }

  #refuseHeader({ event, attachments }: Header, chunk: string): WireError | undefined {
    const { events, maxAttachments, maxJsonBytes } = this.#options;
    if (!events.has(event))
      return wireError(
        'INVALID_INPUT',
        `there is no event ${JSON.stringify(event)}; the hub knows ${[...events].join(', ')}`,
      );
    if (attachments > maxAttachments) {
      const message = `the event has ${attachments} attachments, maxAttachments is ${maxAttachments}; send inputs in one { dtype, shape, data } each, or start the hub with a larger --max-attachments`;
      return wireError('TOO_LARGE', message);
    }
    const bytes = chunk.length * MAX_BYTES_PER_UNIT <= maxJsonBytes ? 0 : Buffer.byteLength(chunk);
    if (bytes <= maxJsonBytes) return undefined;
    const message = `the event has ${bytes} bytes of JSON, maxJsonBytes is ${maxJsonBytes}; send fewer rows, or binary { dtype, shape, data }, or start the hub with a larger --max-json-bytes`;
    return wireError('TOO_LARGE', message);
  }

  #refuseJson(chunk: string): WireError | undefined {
    const shape = refuseShape(chunk, this.#bounds);
    return shape === undefined ? undefined : wireError('INVALID_INPUT', `the JSON of the event ${shape}`);
  }

  #attach(chunk: unknown): void {
    const open = this.#open;
    if (open === undefined) {
      if (this.#skip === 0) return this.#violation('a binary message that belongs to no event');
      this.#skip -= 1;
      return;
    }
    const { maxFrameBytes } = this.#options;
    open.bytes += chunk instanceof Uint8Array ? chunk.byteLength : 0;
    open.left -= 1;
    if (open.bytes > maxFrameBytes) {
      const message = `the attachments of the event have more than ${maxFrameBytes} bytes; send fewer rows, or start the hub with a larger --max-frame-bytes`;
      return this.#drop('TOO_LARGE', message);
    }
    try {
      // The last attachment completes the event.
      if (open.left === 0) this.#open = undefined;
      super.add(chunk);
    } catch {
      this.#open = open;
      this.#drop('INVALID_INPUT', 'the placeholders of the event do not match its attachments');
    }
  }

  /** Parses if necessary: without its id an answer would reach nobody. */
  #idOf(chunk: string): RequestId | undefined {
    return idOf(chunk) ?? (refuseShape(chunk, this.#bounds) === undefined ? idWithin(chunk) : undefined);
  }

  #refuse(header: Header, unreadable: Unreadable): void {
    this.#skip = header.attachments;
    const isKnown = this.#options.events.has(header.event);
    this.#emit(isKnown ? header : { ...header, event: UNREADABLE }, unreadable);
  }

  /** Answers the event whose attachments are being collected, and discards those still to come. */
  #drop(code: 'INVALID_INPUT' | 'TOO_LARGE', message: string): void {
    const open = this.#open;
    if (open === undefined) return;
    this.destroy();
    this.#open = undefined;
    this.#skip = open.left;
    this.#emit(open.header, new Unreadable(wireError(code, message), idOf(open.chunk) ?? idWithin(open.chunk), true));
  }

  #emit({ event, ack }: Header, payload: Unreadable): void {
    const packet: Packet = { type: PacketType.EVENT, nsp: '/', data: [event, payload] };
    if (ack !== undefined) packet.id = ack;
    this.emitReserved('decoded', packet);
  }

  #oversize(chunk: string): boolean {
    const { maxJsonBytes } = this.#options;
    return chunk.length * MAX_BYTES_PER_UNIT > maxJsonBytes && Buffer.byteLength(chunk) > maxJsonBytes;
  }

  #violation(what: string): void {
    const wire = this.#wire;
    // The caller closes the connection on an exception.
    if (wire === undefined) throw new Error(what);
    wire.cut('protocol', what);
  }
}

/** As some languages write numbers that JSON lacks. */
const NO_JSON_NUMBER = /[[,:]\s*-?(?:NaN|Infinity|nan|inf)\b/;

function whyNoJson(chunk: string): string {
  return NO_JSON_NUMBER.test(chunk)
    ? 'the JSON of the event has NaN or Infinity, which JSON does not know; send finite numbers'
    : 'the payload of the event is no JSON document; it may have been cut off';
}
