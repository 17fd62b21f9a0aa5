/** The options of one subscription: validated, with the client's own defaults. */

import { describe, isStreamName, streamNameProblem } from '../../shared/parse.js';
import { optionsProblem } from '../../shared/parse-stream.js';
import type { StreamMode, StreamPosition, SubscribeRequest } from '../../shared/stream-protocol.js';
import { type OptionTypes, optionsMistake } from '../misuse.js';
import type { SubscribeOptions } from './types.js';

/** What is sent to the hub, and what stays here. */
export interface SubscriptionPlan {
  readonly stream: string;
  readonly mode: StreamMode;
  /** Without `position`. */
  readonly request: SubscribeRequest;
  readonly position: StreamPosition | undefined;
  readonly signal: AbortSignal | undefined;
  readonly maxBuffered: number;
  /** True when every item counts: a slow loop makes the rest wait on the hub. */
  readonly exact: boolean;
}

const MODES: readonly unknown[] = ['all', 'sample', 'aggregate'] satisfies StreamMode[];
const OPTIONS: OptionTypes<SubscribeOptions> = {
  mode: 0,
  maxRate: 0,
  history: 0,
  windowMs: 0,
  position: 0,
  signal: 'signal',
  maxBuffered: 0,
};
const BUFFERED = { standard: 1_000, min: 2, max: 100_000 };

/** Fills in defaults. Throws a TypeError for an invalid name or option. */
export function planSubscription(stream: string, options: SubscribeOptions): SubscriptionPlan {
  const problem = problemOf(stream, options);
  if (problem !== undefined) throw new TypeError(`subscribe: ${problem}`);
  const { mode = 'all', maxRate, history, windowMs, position, signal, maxBuffered } = options;
  return {
    stream,
    mode,
    request: {
      stream,
      mode,
      ...(maxRate !== undefined && { maxRate }),
      ...(history !== undefined && { history }),
      ...(windowMs !== undefined && { windowMs }),
    },
    position: position === undefined ? undefined : { epoch: position.epoch, offset: position.offset },
    signal,
    maxBuffered: maxBuffered ?? BUFFERED.standard,
    exact: mode === 'all' && maxRate === undefined,
  };
}

function problemOf(stream: unknown, options: SubscribeOptions): string | undefined {
  if (!isStreamName(stream)) return streamNameProblem(stream);
  const mistake = optionsMistake(options, OPTIONS);
  if (mistake !== undefined) return mistake;
  const { mode = 'all', maxBuffered = BUFFERED.standard } = options;
  if (!MODES.includes(mode)) return `mode must be "all", "sample" or "aggregate", got ${describe(mode)}`;
  if (!Number.isInteger(maxBuffered) || maxBuffered < BUFFERED.min || maxBuffered > BUFFERED.max) {
    return `maxBuffered must be a whole number from ${BUFFERED.min} to ${BUFFERED.max}, got ${describe(maxBuffered)}`;
  }
  // null means absent on the wire only.
  const given = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, value === null ? NaN : value]),
  );
  return optionsProblem(given, mode);
}
