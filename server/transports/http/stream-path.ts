/**
 * Addresses of streams whose names have slashes. A proxy that takes a prefix off an address decodes `%2F` in the rest of
 * it, as nginx does with `proxy_pass http://hub/`: then the name is several segments.
 */

import type { IncomingMessage } from 'node:http';

const STREAMS = '/streams/';
const WINDOWS = '/windows';

/** The address with the stream's name as one segment; any other address as it is. */
export function withNameWhole({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): string {
  if (!url.startsWith(STREAMS)) return url;
  const [path = '', ...query] = url.split('?');
  // Only its windows are read; what is deleted is the stream itself, whatever its name ends in.
  const tail = method !== 'DELETE' && path.endsWith(WINDOWS) ? WINDOWS : '';
  const name = path.slice(STREAMS.length, path.length - tail.length).replaceAll('/', '%2F');
  return [STREAMS + name + tail, ...query].join('?');
}
