/** Connections: where the hub listens, and what one connection may hold. */

import { isOrigin } from '../transports/origin-policy.js';
import { integer, list, MIB, type Option, text } from './option.js';

export const CONNECTIONS = {
  host: text('HOST', '127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface.'),
  port: integer(0, 65_535, 3000, 'Port to listen on; 0 takes a free one, which the log names.'),
  corsOrigin: list(
    'ORIGIN,...',
    (entries) => entries.every(isOrigin),
    'Web origins besides the hub’s own that may use it (REST, polling and WebSocket); * for all.',
  ),
  maxInFlightRows: integer(1, 1_048_576, 1024, 'Most rows one connection may have unanswered: its credit.'),
  maxFrameBytes: integer(1024, 256 * MIB, MIB, 'Largest message or body; a larger message closes its connection.'),
  maxJsonBytes: integer(
    256,
    256 * MIB,
    65_536,
    'Largest JSON text of one Socket.IO event; a larger predict is answered TOO_LARGE.',
  ),
  maxOutboxBytes: integer(1024, 256 * MIB, MIB, 'Most bytes that may wait unread on one connection before it is cut.'),
  resumeMs: integer(
    0,
    600_000,
    10_000,
    'How long the requests of an SDK whose connection was lost are kept, in milliseconds.',
  ),
} as const satisfies Record<string, Option<unknown>>;
