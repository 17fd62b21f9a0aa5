/** The order in which a hub that serves comes to rest. Every wait is bounded by the delay and the grace. */

import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import type { DrainReport, Hub } from '../core/hub.js';
import type { HttpDoor } from '../transports/http-place.js';
import { systemClock } from './system-clock.js';

export interface ShutdownParts {
  readonly hub: Hub;
  readonly doors: readonly HttpDoor[];
  /** The server that they stand at; undefined where it is somebody else's, who ends it. */
  readonly http: Server | undefined;
  readonly config: Pick<Config, 'drainDelayMs' | 'graceMs'>;
}

/** HTTP connections that are open when all sockets have left are given so long for the request that they may bring. */
const LAST_CALL_MS = 250;
const LAST_CALL_STEP_MS = 5;

/**
 * Tells clients and serves on; sees connections off, while all that they ask is answered; only then lets the hub refuse, and waits for
 * what it has accepted. The process's probes must say `draining` before.
 */
export async function shutDown({ hub, doors, http, config }: ShutdownParts): Promise<DrainReport> {
  for (const door of doors) door.goaway?.(config.drainDelayMs);
  await delay(config.drainDelayMs);
  const deadline = systemClock.now() + config.graceMs;
  // A polling client needs a new TCP connection now and then, so it leaves while there still are any.
  await Promise.all(doors.map((door) => door.seeOff?.(deadline, 'polling')));
  // No new connection; those that are open are answered on.
  http?.close();
  await Promise.all(doors.map((door) => door.seeOff?.(deadline, 'all')));
  if (http !== undefined) await lastCall(http, Math.min(deadline, systemClock.now() + LAST_CALL_MS));
  const report = await hub.drain(Math.max(0, deadline - systemClock.now()));
  await Promise.all(doors.map((door) => door.close()));
  return report;
}

/** Each HTTP connection ends with its next answer, which says so. Waits until none is left. */
async function lastCall(http: Server, until: number): Promise<void> {
  for (;;) {
    http.closeIdleConnections();
    const open = await new Promise<number>((resolve) => http.getConnections((_error, count = 0) => resolve(count)));
    if (open === 0 || systemClock.now() >= until) return;
    await delay(LAST_CALL_STEP_MS);
  }
}
