/** The order of a hub's shutdown. Every wait is bounded by the delay and the grace period. */

import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import type { DrainReport, Hub } from '../core/hub.js';
import type { Doors } from './seams/doors.js';
import { systemClock } from './system-clock.js';

export interface ShutdownParts {
  readonly hub: Hub;
  readonly doors: Doors;
  /** The server they are mounted on; undefined when a program owns and closes it. */
  readonly http: Server | undefined;
  readonly config: Pick<Config, 'drainDelayMs' | 'graceMs'>;
}

/** Time for HTTP connections that are still open once all sockets have left to send a last request, in milliseconds. */
const LAST_CALL_MS = 250;
const LAST_CALL_STEP_MS = 5;

/**
 * Tells clients and keeps serving; closes connections while everything they ask is answered; only then has the hub
 * refuse requests, and waits for what it has accepted. Readiness probes must report `draining` beforehand.
 */
export async function shutDown({ hub, doors, http, config }: ShutdownParts): Promise<DrainReport> {
  doors.goaway(config.drainDelayMs);
  await delay(config.drainDelayMs);
  const deadline = systemClock.now() + config.graceMs;
  // Polling clients need new TCP connections now and then, so they leave while those are still accepted.
  await doors.seeOff(deadline, 'polling');
  // Accepts no new connection; open ones are still answered.
  http?.close();
  await doors.seeOff(deadline, 'all');
  if (http !== undefined) await lastCall(http, Math.min(deadline, systemClock.now() + LAST_CALL_MS));
  const report = await hub.drain(Math.max(0, deadline - systemClock.now()));
  await doors.close();
  return report;
}

/** Closes each HTTP connection with its next answer, which says so. Waits until none is left. */
async function lastCall(http: Server, until: number): Promise<void> {
  for (;;) {
    http.closeIdleConnections();
    const open = await new Promise<number>((resolve) => http.getConnections((_error, count = 0) => resolve(count)));
    if (open === 0 || systemClock.now() >= until) return;
    await delay(LAST_CALL_STEP_MS);
  }
}
