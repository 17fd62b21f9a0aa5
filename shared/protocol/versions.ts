/** Which version of the protocol two ends speak together, and what each understands beyond it. Pure. */

import { isRecord } from '../parse.js';
import { PROTOCOL_VERSION } from '../protocol.js';

/** The oldest and the newest version that an end speaks. */
export type ProtocolRange = readonly [oldest: number, newest: number];

/** The current version and the one before. */
export const PROTOCOLS: ProtocolRange = [Math.max(1, PROTOCOL_VERSION - 1), PROTOCOL_VERSION];

/**
 * What can be had within a version, by name; both ends tell theirs. An unknown name is ignored. `resume`: requests
 * survive a lost connection. `handover`: `goaway` before a drain.
 */
export const CAPABILITIES: readonly string[] = ['resume', 'handover', 'streams', 'keys', 'explain'];

/** The range that a handshake or a hello states, by `protocols` or by `protocol` alone; undefined when it states none. */
export function protocolsOf(raw: unknown): ProtocolRange | undefined {
  if (!isRecord(raw)) return undefined;
  const { protocol, protocols } = raw;
  const [oldest, newest]: unknown[] = Array.isArray(protocols) ? protocols : [protocol, protocol];
  return isVersion(oldest) && isVersion(newest) && oldest <= newest ? [oldest, newest] : undefined;
}

/** The newest version in both ranges; undefined when they do not meet. */
export function commonProtocol(ours: ProtocolRange, theirs: ProtocolRange): number | undefined {
  const newest = Math.min(ours[1], theirs[1]);
  return newest >= ours[0] && newest >= theirs[0] ? newest : undefined;
}

/** Why a hub and a client that have no version in common cannot talk, and which of them to update. */
export function mismatchText(hub: ProtocolRange, client: ProtocolRange): string {
  const older = client[1] < hub[0] ? 'client' : 'hub';
  return `the hub speaks protocol ${shownRange(hub)}, the client ${shownRange(client)}; update the ${older}`;
}

function shownRange([oldest, newest]: ProtocolRange): string {
  return oldest === newest ? `${newest}` : `${oldest} to ${newest}`;
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
