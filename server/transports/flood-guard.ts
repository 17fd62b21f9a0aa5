/**
 * Answering a refusal costs more than the flooder pays for it, so an address that goes on after many refusals is not answered any more:
 * its TCP connections are reset as they are accepted, until it has been quiet for a second.
 */

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.js';
import { type ClientAddress, callerOf } from './client-address.js';
import { RateLimit } from './rate-limit.js';

/** Refusals of one address that are answered in a second. */
const ANSWERED_PER_SECOND = 50;
/** So long an address must be quiet to be heard again, in milliseconds. */
const QUIET_MS = 1_000;
const MAX_MUTED = 10_000;

export class FloodGuard {
  readonly #addresses: ClientAddress;
  readonly #clock: Clock;
  readonly #answers: RateLimit;
  /** Until when each is not heard. */
  readonly #muted = new Map<string, number>();

  constructor(addresses: ClientAddress, clock: Clock) {
    this.#addresses = addresses;
    this.#clock = clock;
    this.#answers = new RateLimit(ANSWERED_PER_SECOND, clock);
  }

  /** Counts a handshake that was refused because its address makes too many. */
  refused({ socket: { remoteAddress: peer = '' } }: IncomingMessage): void {
    // Others come through a trusted proxy too.
    if (peer === '' || (this.#addresses.trust !== false && this.#addresses.trust(peer, 0))) return;
    const caller = callerOf(peer);
    if (this.#answers.take(caller) === 0) return;
    if (this.#muted.size >= MAX_MUTED) this.#muted.clear();
    this.#muted.set(caller, this.#clock.now() + QUIET_MS);
  }

  /** Stands before the server's own listeners. @param onReset told the address of each connection that is reset */
  watch(server: Server, onReset: (address: string) => void): void {
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

  #isMuted(caller: string): boolean {
    const until = this.#muted.get(caller);
    if (until === undefined) return false;
    const now = this.#clock.now();
    if (now >= until) this.#muted.delete(caller);
    else this.#muted.set(caller, now + QUIET_MS);
    return now < until;
  }
}
