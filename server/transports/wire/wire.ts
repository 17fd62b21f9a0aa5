/**
 * One Engine.IO connection, joined or not, with the bounds on what it costs others: packets and bytes per event-loop
 * turn, refusals per second, unread bytes, and how long it may stay outside the namespace. Knows no Socket.IO and no
 * requests.
 */

import type { IncomingMessage } from 'node:http';
import type { Clock, Timer } from '../../contracts/clock.js';
import type { CutKind, Meter } from '../../contracts/transport-events.js';
import type { Drainable } from '../socketio/drain/connection-drain.js';
import type { Turns } from '../turns.js';
import type { Newcomers } from './newcomers.js';
import { Pace } from './pace.js';
import type { Room } from './room.js';
import { Unread } from './unread.js';
import type { Valve } from './valve.js';
import { type Drain, type Holder, Valves } from './valves.js';

export interface WireOptions {
  /** Unread bytes above which no further request is read. */
  readonly maxOutboxBytes: number;
}

/** What is used of an engine.io connection. */
export interface EngineConnection {
  readonly id: string;
  readonly readyState: string;
  /** Queued packets. */
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  on(event: 'packetCreate', run: (packet: { readonly data?: unknown }) => void): unknown;
  once(event: 'close', run: () => void): unknown;
  close(discard?: boolean): void;
}

export interface WireParts {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly room: Room;
  readonly newcomers: Newcomers;
  readonly options: WireOptions;
  readonly onCut: (wire: Wire, kind: CutKind, message: string) => void;
}

/** Packets and bytes of one connection per turn; the rest waits for a later one. */
const PACKETS_A_TURN = 64;
const BYTES_A_TURN = 262_144;
/** Time to send a client its last message, in milliseconds. */
const LAST_WORD_MS = 2_000;

export class Wire {
  /** The first request of the connection. */
  readonly request: IncomingMessage;
  readonly #parts: WireParts;
  readonly #valves = new Valves();
  readonly #pace: Pace;
  readonly #unread: Unread;
  #connection: EngineConnection | undefined;
  #turn = -1;
  #packets = 0;
  #bytes = 0;
  #hasJoined = false;
  #last: Timer | undefined;
  #cutMessage: string | undefined;
  #drainable: Drainable | undefined;
  /** Where its bytes are counted, from when it is known whose they are. */
  meter: Meter | undefined;
  /** Sends the client a last message, if it understands one. */
  lastWord: ((kind: CutKind, message: string) => void) | undefined;

  constructor(request: IncomingMessage, parts: WireParts) {
    const { clock } = parts;
    this.request = request;
    this.#parts = parts;
    this.#pace = new Pace({
      clock,
      room: parts.room,
      onPause: () => this.hold('pause'),
      onGo: () => this.release('pause'),
      onFlood: (message) => this.cut('flood', message),
    });
    this.#unread = new Unread({
      clock,
      maxOutboxBytes: parts.options.maxOutboxBytes,
      waitingBytes: () => this.#waitingBytes(),
      pendingBytes: () => this.#valves.pendingBytes,
      onFull: () => this.#full(),
      onTaken: () => this.#taken(),
      onSlow: (message) => this.cut('slow', message),
    });
    this.left();
  }

  /** engine.io has created its connection for the first transport. */
  open(connection: EngineConnection): void {
    this.#connection = connection;
    connection.on('packetCreate', (packet) => {
      const bytes = sizeOf(packet.data) + 1;
      this.#unread.add(bytes);
      if (this.meter !== undefined) this.meter.sent += bytes;
    });
    connection.once('close', () => this.#ended());
  }

  /** Adds a transport of this connection: there are two during an upgrade. */
  add(valve: Valve, drain: Drain): void {
    this.#valves.add(valve, drain);
  }

  remove(valve: Valve): void {
    this.#valves.remove(valve);
  }

  get isOpen(): boolean {
    return this.#connection?.readyState === 'open';
  }

  /** Nothing of it is left. */
  get isGone(): boolean {
    return this.#valves.isEmpty && this.#connection?.readyState === 'closed';
  }

  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  /** Why the hub cut it; undefined when it did not. */
  get cutMessage(): string | undefined {
    return this.#cutMessage;
  }

  /** Bytes the client has not taken, excluding kernel buffers. */
  get unreadBytes(): number {
    return this.#unread.bytes;
  }

  /** It has joined the namespace. */
  joined(): void {
    this.#hasJoined = true;
    this.#parts.newcomers.delete(this);
  }

  /** It has left the namespace, or was refused. */
  left(): void {
    this.#hasJoined = false;
    this.#parts.newcomers.add(this);
  }

  /** For a drain, while it is outside the namespace: it asks nothing, and is owed nothing. */
  get drainable(): Drainable {
    this.#drainable ??= drainableWire(this);
    return this.#drainable;
  }

  close(): void {
    this.#connection?.close();
  }

  /** A packet has arrived and is about to be passed on. */
  enter(bytes: number): void {
    const turn = this.#parts.turns.current();
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#packets = 0;
      this.#bytes = 0;
    }
    this.#packets += 1;
    this.#bytes += bytes;
    if (this.meter !== undefined) this.meter.received += bytes;
    if (this.#packets < PACKETS_A_TURN && this.#bytes < BYTES_A_TURN) return;
    if (this.#valves.isHeldBy('turn')) return;
    this.hold('turn');
    this.#parts.turns.wait(this.#nextTurn);
  }

  /** A request was refused as faulty. `units`: its weight. */
  faulty(units = 1): void {
    this.#pace.faulty(units);
  }

  /** A request was refused because the hub is busy. `hasRoom`: whether the pause can end. */
  overloaded(bytes: number, hasRoom: () => boolean): void {
    this.#pace.overloaded(bytes, hasRoom);
  }

  /** A request of it was answered. */
  answered(): void {
    if (this.#parts.room.waiting.size > 0) this.#pace.answered();
  }

  hold(holder: Holder): void {
    this.#valves.hold(holder);
  }

  release(holder: Holder): void {
    this.#valves.release(holder);
  }

  /** Cuts the connection. A client that may have meant well is told why, and gets a moment to read it. */
  cut(kind: CutKind, message: string): void {
    if (this.#cutMessage !== undefined) return;
    this.#cutMessage = `${kind}: ${message}`;
    this.#parts.onCut(this, kind, message);
    if (this.lastWord === undefined || (kind !== 'flood' && kind !== 'too-large')) return this.destroy();
    this.lastWord(kind, message);
    const { clock } = this.#parts;
    // Not from inside the close of a WebSocket that carries its own code.
    clock.immediate(() => this.#connection?.close());
    this.#last = clock.setTimer(LAST_WORD_MS, () => this.destroy());
  }

  destroy(): void {
    this.#connection?.close(true);
    this.#valves.destroy();
  }

  #full(): void {
    this.hold('unread');
    this.#valves.watch(() => this.#unread.taken());
  }

  #taken(): void {
    this.release('unread');
    this.#valves.watch(undefined);
  }

  readonly #nextTurn = (): void => this.release('turn');

  #waitingBytes(): number {
    return this.#connection?.writeBuffer.reduce((bytes, packet) => bytes + sizeOf(packet.data) + 1, 0) ?? 0;
  }

  #ended(): void {
    this.#parts.newcomers.delete(this);
    this.#last?.cancel();
    this.#last = undefined;
    this.#pace.close();
    this.#unread.close();
    this.#parts.turns.forget(this.#nextTurn);
    // Discards received data, and lets the transport see its end.
    this.#valves.releaseAll();
  }
}

/** Size of a packet's data, without its type. */
export function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return data instanceof Uint8Array ? data.byteLength : 0;
}

function drainableWire(wire: Wire): Drainable {
  return {
    resends: false,
    inFlight: 0,
    requests: 0,
    stopReading: () => undefined,
    close: () => wire.close(),
    get gone() {
      return wire.isGone || wire.hasJoined;
    },
    destroy: () => wire.destroy(),
  };
}
