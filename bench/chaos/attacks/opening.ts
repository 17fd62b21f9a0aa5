/** How connections begin: in the main namespace over WebSocket, or by polling. Knows the handshakes. */

import { frame } from '../wire/frame.js';
import { pollRequest, upgradeRequest } from '../wire/http-text.js';
import type { Peer } from '../wire/peer.js';

/** How long an attack waits for a connection's id, in milliseconds. */
const SID_MS = 2_000;
/** A hub under attack is slow to let anybody join, in milliseconds. */
const JOIN_MS = 2_000;

/** Socket.IO's CONNECT to the main namespace, as a frame. */
export const JOIN: Buffer = frame('40');

/** Opens a WebSocket and joins; anything sent before the reply would end the connection. Then sends the first bytes. */
export function joined(...first: readonly Buffer[]): (peer: Peer) => Promise<void> {
  const bytes = Buffer.concat(first);
  return async (peer) => {
    peer.write(Buffer.concat([upgradeRequest(), JOIN]));
    await peer.find(/(40\{"sid")/, JOIN_MS);
    if (bytes.length > 0) peer.write(bytes);
  };
}

/** Sends the first bytes, without waiting for anything. */
export function bytes(first: Buffer): (peer: Peer) => void {
  return (peer) => void peer.write(first);
}

/** An event in a frame. `ack`: requests an acknowledgement with this number. */
export function eventFrame(name: string, payload: unknown, ack?: number): Buffer {
  return frame(`42${ack ?? ''}${JSON.stringify([name, payload])}`);
}

/** Opens a polling connection; undefined when the hub refuses. */
export async function openPolling(peer: Peer): Promise<string | undefined> {
  peer.write(pollRequest());
  return peer.find(/"sid":"([^"]+)"/, SID_MS);
}
