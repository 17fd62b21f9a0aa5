/**
 * Socket.IO's decoder with the bounds that it has not, and without its price for a bad event: what cannot be read, or is not to be parsed,
 * reaches its handler as {@link Unreadable} and is answered, and the connection goes on. A connection joins once at a time; what no client
 * sends by mistake ends it.
 */

import { Decoder, type Packet, PacketType } from 'socket.io-parser';
import { type WireError, wireError } from '../../shared/errors.js';
import { isRecord, isRequestId } from '../../shared/parse.js';
import type { RequestId } from '../../shared/protocol.js';
import type { Clock } from '../core/clock.js';
import { Allowance } from './wire/allowance.js';
import { type JsonBounds, jsonBounds, refuseShape } from './wire/json-shape.js';
import type { Wire } from './wire/wire.js';

/** Stands where the payload of an event would. */
export class Unreadable {
  readonly error: WireError;
  /** Of the request, where it could be told without reading all of it. */
  readonly id: RequestId | undefined;
  readonly bytes: number;

  constructor(error: WireError, id: RequestId | undefined, bytes: number) {
    this.error = error;
    this.id = id;
    this.bytes = bytes;
  }
}

/** The event by which a connection is told of one whose name could not be read, or is none of the hub's. */
export const UNREADABLE = '#unreadable';

export interface PacketDecoderOptions {
  readonly maxJsonBytes: number;
  readonly maxFrameBytes: number;
  readonly maxAttachments: number;
  /** Names of the events that the hub knows. */
  readonly events: ReadonlySet<string>;
  readonly clock: Clock;
  /** The wire of the connection that a decoder is being made for. */
  readonly wire: () => Wire | undefined;
}

/** Asked before an event is parsed: why it is not to be. */
export type Gate = (event: string) => WireError | undefined;

/** Type, attachments, namespace, acknowledgement id and name of an event, up to its payload. */
const EVENT_HEADER = /^(?:2|5(\d{1,9})-)(?:(\/[^,[]*),)?(\d{0,15})\["([^"\\]{1,64})"([,\]])/;
/** The commonest, told without the expression. */
const PLAIN_PREDICT = '2["predict",';
const HEADER_CHARS = 256;
/** UTF-8 needs at most this many bytes for a UTF-16 unit: a shorter string needs no counting. */
const MAX_BYTES_PER_UNIT = 3;
/** A connection may leave and join again: so often at once, and then so often a second. */
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
  /** Asked before an event is parsed, once the connection has joined. */
  gate: Gate | undefined;
  readonly #options: PacketDecoderOptions;
  readonly #bounds: JsonBounds;
  readonly #wire: Wire | undefined;
  readonly #joins: Allowance;
  #hasJoined = false;
  /** Attachments still to come of an event that was answered. */
  #skip = 0;
  /** The event whose attachments are being gathered. */
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
        // The hub asks for no acknowledgement.
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
    if (!this.#oversize(chunk) && refuseShape(chunk, this.#bounds) === undefined) return super.add(chunk);
    if (!isMain) return this.#violation('a CONNECT that is too large');
    // No text: a token that nobody has.
    const data = { token: new Unreadable(wireError('TOO_LARGE', 'the token is too large'), undefined, chunk.length) };
    this.emitReserved('decoded', { type: PacketType.CONNECT, nsp: '/', data } satisfies Packet);
  }

  #event(chunk: string): void {
    const header = chunk.startsWith(PLAIN_PREDICT) ? PREDICT : this.#headerOf(chunk);
    if (header === undefined) return;
    const { event, attachments } = header;
    const unread = this.#refuseHeader(header, chunk);
    if (unread !== undefined) return this.#refuse(header, unread, chunk);
    const tooMany = this.gate?.(event);
    const misshapen = this.#refuseJson(chunk);
    if (tooMany !== undefined) return this.#refuse(header, tooMany, chunk, misshapen === undefined);
    if (misshapen !== undefined) return this.#refuse(header, misshapen, chunk);
    try {
      super.add(chunk);
    } catch {
      return this.#refuse(header, wireError('INVALID_INPUT', whyNoJson(chunk)), chunk);
    }
    if (attachments > 0) this.#open = { header, chunk, left: attachments, bytes: 0 };
  }

  /** Undefined: it could not be read, and that has been told. */
  #headerOf(chunk: string): Header | undefined {
    const match = EVENT_HEADER.exec(chunk.slice(0, HEADER_CHARS));
    if (match === null) {
      this.#skip = Number(/^5(\d{1,9})-/.exec(chunk.slice(0, 12))?.[1] ?? 0);
      const error = wireError('INVALID_INPUT', 'an event cannot be read; expected 2["name",payload]');
      this.#emit(NAMELESS, new Unreadable(error, undefined, chunk.length));
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
      // The last one hands the event on.
      if (open.left === 0) this.#open = undefined;
      super.add(chunk);
    } catch {
      this.#open = open;
      this.#drop('INVALID_INPUT', 'the placeholders of the event do not match its attachments');
    }
  }

  /** `mayParse`: the id may be looked for in the whole of the event, if it stands where only that can tell. */
  #refuse(header: Header, error: WireError, chunk: string, mayParse = false): void {
    this.#skip = header.attachments;
    const known = this.#options.events.has(header.event);
    const id = idOf(chunk) ?? (mayParse ? idWithin(chunk) : undefined);
    this.#emit(known ? header : { ...header, event: UNREADABLE }, new Unreadable(error, id, chunk.length));
  }

  /** Answers the event whose attachments are being gathered, and lets those go by that are still to come. */
  #drop(code: 'INVALID_INPUT' | 'TOO_LARGE', message: string): void {
    const open = this.#open;
    if (open === undefined) return;
    this.destroy();
    this.#open = undefined;
    this.#skip = open.left;
    this.#emit(
      open.header,
      new Unreadable(wireError(code, message), idOf(open.chunk) ?? idWithin(open.chunk), open.bytes),
    );
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
    // The caller closes the connection on a throw.
    if (wire === undefined) throw new Error(what);
    wire.cut('protocol', what);
  }
}

/** `"id":` as first member of the first object, or as last of the last: anywhere else it may stand in a text or in an input. */
const FIRST_ID = /^[^[]*\["[^"\\]{1,64}",\{"id":("(?:[^"\\]|\\.){1,64}"|\d{1,15})[,}]/;
const LAST_ID = /,"id":("(?:[^"\\]|\\.){1,64}"|\d{1,15})\}\]$/;

/** The id of a request whose JSON is not parsed; undefined where it cannot be told for certain. */
function idOf(chunk: string): RequestId | undefined {
  const match = FIRST_ID.exec(chunk.slice(0, HEADER_CHARS)) ?? LAST_ID.exec(chunk.slice(-HEADER_CHARS));
  if (match === null) return undefined;
  try {
    const id: unknown = JSON.parse(match[1] ?? '');
    return isRequestId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The id of a request, wherever it stands: an answer without it would find nobody. Parses only where there may be one. */
function idWithin(chunk: string): RequestId | undefined {
  if (!chunk.includes('"id"')) return undefined;
  try {
    const [, payload]: unknown[] = JSON.parse(chunk.slice(chunk.indexOf('[')));
    return isRecord(payload) && isRequestId(payload.id) ? payload.id : undefined;
  } catch {
    return undefined;
  }
}

/** As some languages write what JSON has no word for. */
const NO_JSON_NUMBER = /[[,:]\s*-?(?:NaN|Infinity|nan|inf)\b/;

function whyNoJson(chunk: string): string {
  return NO_JSON_NUMBER.test(chunk)
    ? 'the JSON of the event has NaN or Infinity, which JSON does not know; send finite numbers'
    : 'the payload of the event is no JSON document; it may have been cut off';
}
