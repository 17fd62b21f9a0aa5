/** Entry point for programs: creates a client on Socket.IO and this machine's clock and random numbers. */

import { TickcastClient } from './client.js';
import { systemClock } from './connection/clock.js';
import { openSocket } from './connection/socket-io.js';
import type { AnyModels, ModelMap } from './models.js';
import type { ClientOptions } from './options.js';
import { documentVisibility } from './streams/page-visibility.js';

/**
 * Connects to a hub. Returns immediately and connects in the background; until then, requests wait in the client.
 * Throws a TypeError for an invalid URL or option.
 */
export function connect<Models extends ModelMap<Models> = AnyModels>(
  url: string | URL,
  options: ClientOptions = {},
): TickcastClient<Models> {
  return new TickcastClient<Models>(url, options, {
    openSocket,
    clock: systemClock,
    random: Math.random,
    session: randomSession,
    visibility: documentVisibility(),
  });
}

/** `randomUUID` is missing on pages loaded over plain HTTP. */
function randomSession(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
