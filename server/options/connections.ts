/** Connections: where the hub listens, and what one connection may hold. */

import { integer, list, MIB, type Option, text } from '../config/option.js';
import { isHost } from '../transports/host-policy.js';
import { isOrigin } from '../transports/origin-policy.js';

export const CONNECTIONS = {
  host: text('HOST', '127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface.'),
  port: integer(0, 65_535, 3000, 'Port to listen on; 0 takes a free one, which the log names.'),
  corsOrigin: list(
    'ORIGIN,...',
    (entries) => entries.every(isOrigin),
    'Web origins besides the hub’s own that may use it (REST, polling and WebSocket); * for all.',
  ),
  allowedHosts: list(
    'HOST,...',
    (entries) => entries.every(isHost),
    'Names besides localhost and addresses by which an open hub on loopback may be called, such as that of a proxy before it; * for any. Given, they bind every hub.',
  ),
  maxInFlightRows: integer(1, 1_048_576, 1024, 'Most rows one connection may have unanswered: its credit.'),
  maxFrameBytes: integer(
    1024,
    256 * MIB,
    MIB,
    'Largest message or body; a larger message ends its connection, which is told so.',
  ),
  maxJsonBytes: integer(
    256,
    256 * MIB,
    65_536,
    'Largest JSON text of one Socket.IO event; a larger predict is answered TOO_LARGE.',
  ),
  maxAttachments: integer(
    1,
    1024,
    64,
    'Most binary attachments of one event, such as input tensors; one with more is answered TOO_LARGE.',
  ),
  maxOutboxBytes: integer(
    1024,
    256 * MIB,
    MIB,
    'With so many bytes unread, no further request of a connection is read; it is cut when it goes on reading next to nothing.',
  ),
  resumeMs: integer(
    0,
    600_000,
    10_000,
    'How long the requests of an SDK whose connection was lost are kept, in milliseconds.',
  ),
} as const satisfies Record<string, Option<unknown>>;
