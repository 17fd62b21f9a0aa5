/**
 * The hub on a server of somebody else's: a server of its own that never listens, and to which the other passes on what is the hub's. What is
 * not goes to the listeners that the other had before.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type OnRequest = (request: IncomingMessage, response: ServerResponse) => void;
type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Passes requests and upgrades on from `outer` to `inner`; the function returned ends that.
 *
 * @param isOurs says of a path, without its query, whether it is the hub's.
 */
export function mountOn(outer: Server, inner: Server, isOurs: (path: string) => boolean): () => void {
  const isForUs = ({ url = '' }: IncomingMessage): boolean => isOurs(url.split('?', 1)[0] ?? '');
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
    // As Node does where nobody listens for upgrades.
    else socket.destroy();
  };
  outer.removeAllListeners('request').on('request', onRequest);
  outer.removeAllListeners('upgrade').on('upgrade', onUpgrade);
  // For whoever waits with what must stand before all other listeners.
  inner.emit('listening');
  return () => {
    outer.off('request', onRequest).off('upgrade', onUpgrade);
    for (const listener of requests) outer.on('request', listener);
    for (const listener of upgrades) outer.on('upgrade', listener);
  };
}
