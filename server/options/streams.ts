/** Streams and their viewers. */

import { integer, MIB, type Option } from '../config/option.js';

export const STREAMS = {
  maxStreams: integer(1, 100_000, 100, 'Most streams at a time; a request that would make another is refused.'),
  maxStreamItems: integer(
    1,
    100_000,
    1000,
    'Predictions that a stream keeps, for history and for viewers that come back.',
  ),
  maxStreamBytes: integer(1024, 1024 * MIB, 2 * MIB, 'Most bytes of predictions that a stream keeps, about.'),
  streamIdleMs: integer(
    1000,
    86_400_000,
    600_000,
    'A stream that nobody publishes to or views for so long is forgotten, in milliseconds.',
  ),
  maxSubscriptions: integer(1, 1000, 16, 'Most subscriptions of one connection.'),
  maxViewerBytes: integer(
    1024,
    256 * MIB,
    256 * 1024,
    'Unread bytes above which a viewer is sent nothing more until it reads; then it gets the newest.',
  ),
  slowViewerMs: integer(
    10,
    600_000,
    10_000,
    'How long a viewer may stay above maxViewerBytes before its subscription is ended, in milliseconds.',
  ),
} as const satisfies Record<string, Option<unknown>>;
