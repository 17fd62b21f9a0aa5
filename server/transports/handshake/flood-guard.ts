/**
 * Answering a refusal costs more than causing it, so an address that continues after many refusals gets no answers: its
 * TCP connections are reset on accept, for a second, and again for as long as it continues.
 */

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../contracts/clock.js';
import { type ClientAddress, callerOf } from '../client-address.js';
import { RateLimit } from '../rate-limit.js';

/** Refusals per address and second that are answered. */
const ANSWERED_PER_SECOND = 20;
/** How long an address is muted, in milliseconds; renewed when it continues as before. */
const MUTE_MS = 1_000;
const MAX_MUTED = 10_000;

/** What is beneath a listening server and delivers each connection. */
interface Acceptor {
  onconnection?: (this: Acceptor, status: number, accepted: Accepted | undefined) => void;
}
interface Accepted {
  getpeername?(out: { address?: string }): number;
  close(): void;
}

/** Muted until then, with the number of connections reset meanwhile. */
interface Muted {
  until: number;
  reset: number;
}

export class FloodGuard {
  readonly #addresses: ClientAddress;
  readonly #clock: Clock;
  readonly #answers: RateLimit;
  readonly #muted = new Map<string, Muted>();

  constructor(addresses: ClientAddress, clock: Clock) {
    this.#addresses = addresses;
    this.#clock = clock;
    this.#answers = new RateLimit(ANSWERED_PER_SECOND, clock);
  }

  /** Counts a handshake refused because its address makes too many. */
  refused({ socket: { remoteAddress: peer = '' } }: IncomingMessage): void {
    if (peer === '' || this.#addresses.isProxy(peer)) return;
    const caller = callerOf(peer);
    if (this.#answers.take(caller) === 0) return;
    if (this.#muted.size >= MAX_MUTED) this.#muted.clear();
    if (!this.#muted.has(caller)) this.#muted.set(caller, { until: this.#clock.now() + MUTE_MS, reset: 0 });
  }

  /** Runs before the server's own listeners. @param onReset called with the address of each connection that is reset */
  watch(server: Server, onReset: (address: string) => void): void {
    server.on('listening', () => this.#refuseBeneath(server, onReset));
    const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      const peer = this.#muted.size === 0 ? '' : (socket.remoteAddress ?? '');
      if (peer !== '' && this.#isMuted(callerOf(peer))) {
        socket.resetAndDestroy();
        onReset(peer);
        return;
      }
      for (const listener of listeners) listener.call(server, socket);
    });
  }

  /**
   * Node creates a socket for each connection before reporting it: 4 kB that live until a full garbage collection,
   * which stalls everybody at thousands per second. The handle beneath has two functions that Node does not document
   * but has never changed; if they ever differ, the event above suffices.
   */
  #refuseBeneath(server: Server, onReset: (address: string) => void): void {
    const acceptor = (server as unknown as { readonly _handle?: Acceptor })._handle;
    const accept = acceptor?.onconnection;
    if (acceptor === undefined || typeof accept !== 'function') return;
    const told: { address?: string } = {};
    acceptor.onconnection = (status, accepted) => {
      if (this.#muted.size > 0 && accepted?.getpeername?.(told) === 0 && this.#isMuted(callerOf(told.address ?? ''))) {
        accepted.close();
        onReset(told.address ?? '');
      } else accept.call(acceptor, status, accepted);
    };
  }

  #isMuted(caller: string): boolean {
    const muted = this.#muted.get(caller);
    if (muted === undefined) return false;
    const now = this.#clock.now();
    // Many clients returning one by one are not a flood: otherwise an office would stay muted for ever.
    if (now >= muted.until && muted.reset > ANSWERED_PER_SECOND && now < muted.until + MUTE_MS) {
      muted.until = now + MUTE_MS;
      muted.reset = 0;
    }
    muted.reset += 1;
    if (now < muted.until) return true;
    this.#muted.delete(caller);
    return false;
  }
}
