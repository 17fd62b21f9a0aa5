// The first bytes of a connection that goes on at once, without waiting for what the hub says. Knows the handshake.

import { frame } from '../wire/frame.js';
import { pollRequest, upgradeRequest } from '../wire/http-text.js';
import type { Peer } from '../wire/peer.js';

/** How long an attack waits for a connection's id. */
const SID_MS = 2_000;

/** Socket.IO's CONNECT to the main namespace, as a frame. */
export const JOIN: Buffer = frame('40');
/** A WebSocket that is in the main namespace. */
export const JOINED: Buffer = Buffer.concat([upgradeRequest(), JOIN]);

/** An event in a frame. `ack`: asks for an acknowledgement of this number. */
export function eventFrame(name: string, payload: unknown, ack?: number): Buffer {
  return frame(`42${ack ?? ''}${JSON.stringify([name, payload])}`);
}

/** Makes a polling connection; undefined when the hub gives none. */
export async function openPolling(peer: Peer): Promise<string | undefined> {
  peer.write(pollRequest());
  return peer.find(/"sid":"([^"]+)"/, SID_MS);
}
