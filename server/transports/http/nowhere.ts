/**
 * What is said to whoever asks for a path that the hub does not have. Most telling: a path of the hub behind a prefix,
 * as forwarded by a proxy that should have left the prefix out.
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS, type WireError, wireError } from '../../../shared/errors.js';
import { rawAnswer } from '../raw-answer.js';

/** Whether the first segment of a path is the hub's. */
export type IsOurs = (path: string) => boolean;

/** Longest part of an address that is looked at and quoted, in characters. */
const LOOKED_AT = 100;

/** The error for a request, without what its query holds. */
export function noSuchPath({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>, isOurs: IsOurs): WireError {
  const path = pathOf({ url }).slice(0, LOOKED_AT);
  const prefix = prefixOf(path, isOurs);
  const remedy = isOfSocketIo({ url }) ? 'Socket.IO is at /socket.io/' : 'see GET / for what there is';
  const hint =
    prefix === undefined ? remedy : `a proxy that has the hub under ${prefix}/ must forward without ${prefix}`;
  return wireError('NOT_FOUND', `there is no ${method} ${path}; ${hint}`);
}

/** The path of an address, without its query. */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  return url.split('?', 1)[0] ?? '';
}

/** Whether a client of Socket.IO asks, by its query. */
export function isOfSocketIo({ url = '' }: Pick<IncomingMessage, 'url'>): boolean {
  return /[?&]EIO=/.test(url);
}

/** Answers an upgrade; engine.io would let it wait for a second and close the connection without a word. */
export function refuseUpgrade(socket: Duplex, error: WireError): void {
  socket.on('error', () => undefined);
  socket.end(rawAnswer(ERRORS[error.code].status, JSON.stringify({ error })), () => socket.destroy());
}

/** What stands in front of a path of the hub: `/a` of `/a/predict`. */
function prefixOf(path: string, isOurs: IsOurs): string | undefined {
  if (isOurs(path)) return undefined;
  for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
    if (isOurs(path.slice(at))) return path.slice(0, at);
  }
  return undefined;
}
