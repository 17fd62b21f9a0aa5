/**
 * Dispatches the events of one socket to their handlers. Whatever a packet makes a handler do, the process survives.
 */

import type { Connection } from './connection.js';
import type { HubSocket } from './outbox.js';
import { UNREADABLE } from './unreadable.js';
import { VIEW_EVENTS, type ViewRequests } from './view-requests.js';

export interface SocketHandlers {
  readonly connection: Connection;
  readonly views: ViewRequests;
  /** The connection is gone; `why` is Socket.IO's reason. */
  readonly disconnected: (why: string) => void;
  /** A handler threw: a bug here. */
  readonly fault: (where: string, cause: unknown) => void;
}

/** Socket.IO calls listeners without a catch, and types their arguments as if clients were trusted. */
export function handleEvents(socket: HubSocket, { connection, views, disconnected, fault }: SocketHandlers): void {
  const on = (name: string, handle: (args: readonly unknown[]) => void): void => {
    (socket as unknown as NodeJS.EventEmitter).on(name, (...args: unknown[]) => {
      try {
        handle(args);
      } catch (cause) {
        fault(name, cause);
      }
    });
  };
  on('predict', (args) => connection.predict(args));
  on('cancel', (args) => connection.cancel(args));
  on(UNREADABLE, (args) => connection.unreadable(args));
  for (const event of VIEW_EVENTS) on(event, (args) => views.handle(event, args));
  on('error', () => undefined);
  on('disconnect', ([why]) => disconnected(String(why)));
}
