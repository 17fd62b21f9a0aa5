/** Access: who may come in. */

import { flag, type Option, text } from '../config/option.js';

export const ACCESS = {
  tokenFile: text(
    'FILE',
    '',
    'Who may come in, and what for: a file of tokens with scopes, read again when it changes. Empty: see open.',
  ),
  open: flag(
    false,
    'Lets everybody in. Without this and without a token file a hub is open on loopback; elsewhere it makes a token for the run.',
  ),
  openMetrics: flag(false, 'Lets everybody read /metrics, as a Prometheus server without a token needs it.'),
} as const satisfies Record<string, Option<unknown>>;
