/** Parsers of stream events: `unknown` in, a typed value or a wire error out. Never throws. */

import {
  DEFAULT_HISTORY,
  DEFAULT_SAMPLE_RATE,
  DEFAULT_WINDOW_HISTORY,
  DEFAULT_WINDOW_MS,
  MAX_FRAME_RATE,
  MAX_HISTORY,
  MAX_WINDOW_MS,
  MIN_FRAME_RATE,
  WINDOW_STEP_MS,
} from './limits.js';
import { describe, invalid, isRecord, isStreamName, type Parsed, streamNameProblem } from './parse.js';
import type { PaceRequest, StreamMode, StreamPosition } from './stream-protocol.js';

/** A `subscribe` request with every default filled in. */
export interface SubscribePlan {
  readonly stream: string;
  readonly mode: StreamMode;
  /** Frames per second; undefined means no limit. */
  readonly maxRate: number | undefined;
  readonly history: number;
  readonly windowMs: number;
  readonly position: StreamPosition | undefined;
}

const MODES: readonly StreamMode[] = ['all', 'sample', 'aggregate'];
const MAX_EPOCH_LENGTH = 64;

/** Parses the payload of a `subscribe` event. */
export function parseSubscribe(raw: unknown): Parsed<SubscribePlan> {
  if (!isRecord(raw)) return invalid(`subscribe expects an object { stream, ... }, got ${describe(raw)}`);
  const { stream } = raw;
  if (!isStreamName(stream)) return invalid(streamNameProblem(stream));
  const mode = MODES.find((name) => name === (raw.mode ?? 'all'));
  if (mode === undefined) return invalid(`mode must be "all", "sample" or "aggregate", got ${describe(raw.mode)}`);
  const problem = optionsProblem(raw, mode);
  if (problem !== undefined) return invalid(problem);
  const { maxRate, history, windowMs, position } = raw as {
    maxRate?: number;
    history?: number;
    windowMs?: number;
    position?: StreamPosition;
  };
  return {
    ok: true,
    value: {
      stream,
      mode,
      maxRate: maxRate ?? (mode === 'sample' ? DEFAULT_SAMPLE_RATE : undefined),
      history: history ?? (mode === 'aggregate' ? DEFAULT_WINDOW_HISTORY : DEFAULT_HISTORY),
      windowMs: windowMs ?? DEFAULT_WINDOW_MS,
      position: position ? { epoch: position.epoch, offset: position.offset } : undefined,
    },
  };
}

/** Parses the payload of an `unsubscribe` event. */
export function parseUnsubscribe(raw: unknown): Parsed<{ readonly stream: string }> {
  const stream = isRecord(raw) ? raw.stream : undefined;
  return isStreamName(stream) ? { ok: true, value: { stream } } : invalid(streamNameProblem(stream));
}

/** Parses the payload of a `pace` event. */
export function parsePace(raw: unknown): Parsed<PaceRequest> {
  const expected = 'pace expects { hidden } or { stream, paused } with true or false';
  if (!isRecord(raw)) return invalid(`${expected}, got ${describe(raw)}`);
  const { hidden, stream, paused } = raw;
  if (hidden === undefined && paused === undefined) return invalid(`${expected}, got neither`);
  for (const value of [hidden, paused])
    if (value !== undefined && typeof value !== 'boolean') return invalid(`${expected}, got ${describe(value)}`);
  if (paused !== undefined && !isStreamName(stream)) return invalid(streamNameProblem(stream));
  return { ok: true, value: raw as PaceRequest };
}

/** Parses the payload of a `watch` event. */
export function parseWatch(raw: unknown): Parsed<{ readonly on: boolean }> {
  const on = isRecord(raw) ? raw.on : undefined;
  return typeof on === 'boolean' ? { ok: true, value: { on } } : invalid(`watch expects { on: true } or { on: false }`);
}

/** What is wrong with a subscription's options; undefined when they are valid. */
export function optionsProblem(raw: Readonly<Record<string, unknown>>, mode: StreamMode): string | undefined {
  const { maxRate, history, windowMs, position } = raw;
  if (maxRate !== undefined && maxRate !== null) {
    if (mode === 'aggregate') return 'maxRate is not for mode "aggregate"; choose windowMs';
    if (!isBetween(maxRate, MIN_FRAME_RATE, MAX_FRAME_RATE))
      return `maxRate must be a number from ${MIN_FRAME_RATE} to ${MAX_FRAME_RATE} frames a second, got ${describe(maxRate)}`;
  }
  if (history !== undefined && history !== null && !(isBetween(history, 0, MAX_HISTORY) && Number.isInteger(history)))
    return `history must be a whole number from 0 to ${MAX_HISTORY}, got ${describe(history)}`;
  if (windowMs !== undefined && windowMs !== null) {
    if (mode !== 'aggregate') return 'windowMs is for mode "aggregate" only';
    if (!isBetween(windowMs, WINDOW_STEP_MS, MAX_WINDOW_MS) || windowMs % WINDOW_STEP_MS !== 0)
      return `windowMs must be a multiple of ${WINDOW_STEP_MS} from ${WINDOW_STEP_MS} to ${MAX_WINDOW_MS}, got ${describe(windowMs)}`;
  }
  if (position !== undefined && position !== null && !isPosition(position))
    return 'position must be { epoch, offset } as an earlier subscription had it: a string and an integer >= 0';
  return undefined;
}

/** True for a well-formed position. */
export function isPosition(raw: unknown): raw is StreamPosition {
  if (!isRecord(raw)) return false;
  const { epoch, offset } = raw;
  if (typeof epoch !== 'string' || epoch.length < 1 || epoch.length > MAX_EPOCH_LENGTH) return false;
  return typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0;
}

function isBetween(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}
