/**
 * Mounts the hub on another program's server: an inner server that never listens, to which the outer one forwards the
 * hub's requests. All others go to the outer server's previous listeners.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pathOf } from './nowhere.js';

type OnRequest = (request: IncomingMessage, response: ServerResponse) => void;
type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Forwards requests and upgrades from `outer` to `inner`. Returns a function that stops that.
 * @param isOurs whether a path, without its query, is the hub's.
 */
export function mountOn(outer: Server, inner: Server, isOurs: (path: string) => boolean): () => void {
  const isForUs = (request: IncomingMessage): boolean => isOurs(pathOf(request));
  const requests = outer.listeners('request') as OnRequest[];
  const upgrades = outer.listeners('upgrade') as OnUpgrade[];
  const onRequest: OnRequest = (request, response) => {
    if (isForUs(request)) inner.emit('request', request, response);
    else if (requests.length > 0) for (const listener of requests) listener.call(outer, request, response);
    // Nobody else is there to answer.
    else inner.emit('request', request, response);
  };
  const onUpgrade: OnUpgrade = (request, socket, head) => {
    if (isForUs(request)) inner.emit('upgrade', request, socket, head);
    else if (upgrades.length > 0) for (const listener of upgrades) listener.call(outer, request, socket, head);
    // As Node does without a listener for upgrades.
    else socket.destroy();
  };
  outer.removeAllListeners('request').on('request', onRequest);
  outer.removeAllListeners('upgrade').on('upgrade', onUpgrade);
  // For code that waits to run before all other listeners.
  inner.emit('listening');
  return () => {
    outer.off('request', onRequest).off('upgrade', onUpgrade);
    for (const listener of requests) outer.on('request', listener);
    for (const listener of upgrades) outer.on('upgrade', listener);
  };
}
