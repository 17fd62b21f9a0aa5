/** The way in for programs: a client on Socket.IO and on the clock and the random numbers of this machine. */

import { TickcastClient } from './client.js';
import { systemClock } from './clock.js';
import { openSocket } from './connection/socket-io.js';
import type { AnyModels, ModelMap } from './models.js';
import type { ClientOptions } from './options.js';
import { documentVisibility } from './streams/page-visibility.js';

/** Connects to a hub. Returns at once and connects in the background; requests made before wait in the client. */
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

/** `randomUUID` is missing on pages that came over plain HTTP. */
function randomSession(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
