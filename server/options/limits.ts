/** Limits on who asks too often, and the port for operators. By address they are right only where the hub knows the client's own. */

import { integer, integerOr, list, type Option, text } from '../config/option.js';
import { isProxies } from '../transports/client-address.js';

export const LIMITS = {
  trustProxy: list(
    'HOPS | ADDRESS,...',
    isProxies,
    'Proxies whose X-Forwarded-For is believed: how many stand in a row before the hub, or their addresses, ranges, loopback, uniquelocal.',
  ),
  maxConnections: integer(
    1,
    1_000_000,
    25_000,
    'Most TCP connections open, and most of Socket.IO; further ones are closed or refused at once.',
  ),
  maxConnectionsPerAddress: integerOr(
    'auto',
    0,
    1_000_000,
    'Most Socket.IO connections of one address; 0 for no limit; auto: 1000 for addresses of the internet, none where a proxy may stand before others.',
  ),
  connectsPerSecond: integerOr(
    'auto',
    0,
    1_000_000,
    'Most Socket.IO connections that one address may make in a second; 0 for no limit; auto: 100, as above.',
  ),
  requestsPerSecond: integer(
    0,
    1_000_000,
    0,
    'Most requests a second of one client (a connection or session; of REST an address); 0 for no limit.',
  ),
  maxPrincipalRows: integer(
    1,
    1_048_576,
    8192,
    'Most rows that one principal (a token; without one an address) may have unanswered over all its connections.',
  ),
  adminHost: text('HOST', '127.0.0.1', 'Address of the port for operators.'),
  adminPort: integer(0, 65_535, 0, 'A port of its own for /metrics and probes; 0 leaves them on --port.'),
} as const satisfies Record<string, Option<unknown>>;
