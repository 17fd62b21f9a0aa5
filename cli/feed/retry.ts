/** Decides whether and when a refused request is sent again. Pure. */

import type { WireError } from '../../client/index.js';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** Caps the delay a hub may ask for. */
const LONGEST_ASKED_MS = 30_000;
/** About half a minute of waiting in total. */
const MOST_TRIES = 12;
/** The input itself may be the cause, and each try costs the hub an engine. */
const MOST_TRIES_OF: Readonly<Partial<Record<WireError['code'], number>>> = { ENGINE_FAILED: 2, DEADLINE_EXCEEDED: 3 };

/** Milliseconds to wait before the next try, after `tries` tries; undefined: give up. `random`: 0 to 1. */
export function retryInMs(
  error: Pick<WireError, 'code' | 'retryable' | 'retryAfterMs'>,
  tries: number,
  random: number,
): number | undefined {
  if (!error.retryable || tries >= (MOST_TRIES_OF[error.code] ?? MOST_TRIES)) return undefined;
  const doubled = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  // Spread, so that requests refused together do not return together.
  return Math.max(Math.min(error.retryAfterMs ?? 0, LONGEST_ASKED_MS), doubled) * (1 + random / 2);
}
