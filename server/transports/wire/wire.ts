/**
 * One Engine.IO connection, joined or not, with the bounds on what it costs others: packets and bytes a turn of the event loop, refusals a
 * second, bytes that wait unread, and how long it may stay without a part in the namespace. Knows no Socket.IO and no request.
 */

import type { IncomingMessage } from 'node:http';
import type { Clock, Timer } from '../../contracts/clock.js';
import type { CutKind } from '../../contracts/transport-events.js';
import type { Drainable } from '../socketio/drain/connection-drain.js';
import type { Turns } from '../turns.js';
import type { Newcomers } from './newcomers.js';
import { Pace } from './pace.js';
import type { Room } from './room.js';
import { Unread } from './unread.js';
import type { Valve } from './valve.js';
import { type Drain, type Holder, Valves } from './valves.js';

export interface WireOptions {
  /** Unread bytes from which no further request is read. */
  readonly maxOutboxBytes: number;
}

/** What is used of an engine.io connection. */
export interface EngineConnection {
  readonly id: string;
  readonly readyState: string;
  /** Packets that wait. */
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

/** Packets and bytes of one connection in one turn, then it waits for a later one. */
const PACKETS_A_TURN = 64;
const BYTES_A_TURN = 262_144;
/** For what a client is told at the end. */
const LAST_WORD_MS = 2_000;

export class Wire {
  /** The first of the connection. */
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
  /** Says a last word to the client, where there is one who understands it. */
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

  /** engine.io has made its connection of the first transport. */
  open(connection: EngineConnection): void {
    this.#connection = connection;
    connection.on('packetCreate', (packet) => this.#unread.add(sizeOf(packet.data) + 1));
    connection.once('close', () => this.#ended());
  }

  /** A transport of this connection: two while it is upgraded. */
  add(valve: Valve, drain: Drain): void {
    this.#valves.add(valve, drain);
  }

  remove(valve: Valve): void {
    this.#valves.remove(valve);
  }

  get isOpen(): boolean {
    return this.#connection?.readyState === 'open';
  }

  /** Nothing is left of it. */
  get isGone(): boolean {
    return this.#valves.isEmpty && this.#connection?.readyState === 'closed';
  }

  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  /** Why the hub ended it; undefined when it did not. */
  get cutMessage(): string | undefined {
    return this.#cutMessage;
  }

  /** Bytes for the client that it has not taken, the buffers of kernels not counted. */
  get unreadBytes(): number {
    return this.#unread.bytes;
  }

  /** It has a part in the namespace. */
  joined(): void {
    this.#hasJoined = true;
    this.#parts.newcomers.delete(this);
  }

  /** It has none, or none any more. */
  left(): void {
    this.#hasJoined = false;
    this.#parts.newcomers.add(this);
  }

  /** As one that drains sees it off while it has no part in the namespace: it asks nothing, and is owed nothing. */
  get drainable(): Drainable {
    this.#drainable ??= drainableWire(this);
    return this.#drainable;
  }

  close(): void {
    this.#connection?.close();
  }

  /** A packet has come, and is about to be handed on. */
  enter(bytes: number): void {
    const turn = this.#parts.turns.current();
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#packets = 0;
      this.#bytes = 0;
    }
    this.#packets += 1;
    this.#bytes += bytes;
    if (this.#packets < PACKETS_A_TURN && this.#bytes < BYTES_A_TURN) return;
    if (this.#valves.isHeldBy('turn')) return;
    this.hold('turn');
    this.#parts.turns.wait(this.#nextTurn);
  }

  /** A request was refused for what it is: the caller's fault. `units`: what it counts for. */
  faulty(units = 1): void {
    this.#pace.faulty(units);
  }

  /** A request was refused because the hub is busy: the caller asks for more than there is. `hasRoom`: whether it need not wait any more. */
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

  /** Ends the connection. Who may have meant well is told why, and has a moment to read it. */
  cut(kind: CutKind, message: string): void {
    if (this.#cutMessage !== undefined) return;
    this.#cutMessage = `${kind}: ${message}`;
    this.#parts.onCut(this, kind, message);
    if (this.lastWord === undefined || (kind !== 'flood' && kind !== 'too-large')) return this.destroy();
    this.lastWord(kind, message);
    const { clock } = this.#parts;
    // Not from inside the close of a WebSocket that has a code of its own.
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
    // What has come is let go by, and the transport is let see its end.
    this.#valves.releaseAll();
  }
}

/** Of a packet's data, without its type. */
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
