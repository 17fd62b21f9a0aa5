/** What the hub says about streams: `unknown` in, typed values out; undefined for what is no such thing. Never throws. */

import type { WireError } from '../shared/errors.js';
import { isRecord, isRequestId, isStreamName } from '../shared/parse.js';
import { isPosition } from '../shared/parse-stream.js';
import type {
  AggregateFrame,
  CastFrame,
  HubStatus,
  StreamDescription,
  StreamGap,
  StreamItem,
  StreamMode,
  StreamPosition,
  StreamWindow,
  Subscribed,
  Unsubscribed,
} from '../shared/stream-protocol.js';
import { isAmount, parseReceipt, parseWireError } from './answers.js';

/** An answer to a question: what was asked for, or the hub's refusal. */
export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** Reads the answer to an event that asks for something. Undefined: it is neither the thing nor an error. */
export function parseReply<T>(raw: unknown, parse: (raw: unknown) => T | undefined): Answered<T> | undefined {
  const error = isRecord(raw) ? parseWireError(raw.error) : undefined;
  if (error !== undefined) return { ok: false, error };
  const value = parse(raw);
  return value === undefined ? undefined : { ok: true, value };
}

const MODES: readonly StreamMode[] = ['all', 'sample', 'aggregate'];

export function parseSubscribed(raw: unknown): Subscribed | undefined {
  if (!isRecord(raw) || !isStreamName(raw.stream)) return undefined;
  const { stream, position, model, labels } = raw;
  const mode = MODES.find((name) => name === raw.mode);
  if (mode === undefined) return undefined;
  return {
    stream,
    mode,
    ...(isPosition(position) && { position }),
    ...(typeof model === 'string' && { model }),
    ...(isTexts(labels) && { labels }),
  };
}

/** A frame of items: offsets rise, as far apart as they may be. */
export function parseCast(raw: unknown): CastFrame | undefined {
  if (!isRecord(raw) || !isStreamName(raw.stream) || !isEpoch(raw.epoch) || !isAmount(raw.skipped)) return undefined;
  const { items } = raw;
  if (!Array.isArray(items) || items.length === 0) return undefined;
  let last = 0;
  for (const item of items) {
    if (!isItem(item) || item.offset <= last) return undefined;
    last = item.offset;
  }
  return raw as unknown as CastFrame;
}

function isItem(raw: unknown): raw is StreamItem {
  if (!isRecord(raw) || !isOffset(raw.offset) || typeof raw.at !== 'number') return false;
  const { from, id, row, text, textLength, prediction, model, label, score } = raw;
  if (typeof from !== 'string' || typeof model !== 'string' || prediction === undefined || prediction === null)
    return false;
  if (id !== undefined && !isRequestId(id)) return false;
  if (row !== undefined && !isOffset(row)) return false;
  if (text !== undefined && typeof text !== 'string') return false;
  if (textLength !== undefined && !isOffset(textLength)) return false;
  return (label === undefined || typeof label === 'string') && (score === undefined || typeof score === 'number');
}

/** A frame of windows: each begins after the one before. */
export function parseAggregate(raw: unknown): AggregateFrame | undefined {
  if (!isRecord(raw) || !isStreamName(raw.stream) || !isEpoch(raw.epoch) || !isAmount(raw.skipped)) return undefined;
  const { windowMs, model, windows } = raw;
  if (!isAmount(windowMs) || windowMs === 0 || typeof model !== 'string') return undefined;
  if (!Array.isArray(windows) || windows.length === 0) return undefined;
  let last = Number.NEGATIVE_INFINITY;
  for (const window of windows) {
    if (!isWindow(window) || window.at <= last) return undefined;
    last = window.at;
  }
  return raw as unknown as AggregateFrame;
}

function isWindow(raw: unknown): raw is StreamWindow {
  if (!isRecord(raw) || !isAmount(raw.at) || !isOffset(raw.offset)) return false;
  const { count, rate, labels, p50, p99, samples } = raw;
  if (!isOffset(count) || !isAmount(rate) || !isRecord(labels)) return false;
  for (const share of Object.values(labels))
    if (!isRecord(share) || !isOffset(share.count) || typeof share.mean !== 'number') return false;
  for (const receipt of [p50, p99]) if (receipt !== undefined && parseReceipt(receipt) === undefined) return false;
  return samples === undefined || (Array.isArray(samples) && samples.every(isSample));
}

function isSample(raw: unknown): boolean {
  if (!isItem(raw)) return false;
  const { words } = raw as { words?: unknown };
  if (words === undefined) return true;
  if (!Array.isArray(words)) return false;
  return words.every(
    (word) => isRecord(word) && isOffset(word.start) && isOffset(word.end) && typeof word.weight === 'number',
  );
}

export function parseGap(raw: unknown): StreamGap | undefined {
  if (!isRecord(raw) || !isStreamName(raw.stream)) return undefined;
  const { stream, epoch, reason, missed, from, to } = raw;
  if (reason === 'evicted') {
    if (!isEpoch(epoch) || !isOffset(missed) || !isOffset(from) || !isOffset(to)) return undefined;
    return { stream, epoch, reason, missed, from, to };
  }
  if ((reason !== 'restarted' && reason !== 'moved') || (epoch !== undefined && !isEpoch(epoch))) return undefined;
  return { stream, reason, missed: null, ...(epoch !== undefined && { epoch }) };
}

/** The end of a subscription: the error and how far it was served. */
export function parseUnsubscribed(raw: unknown): Unsubscribed | undefined {
  const error = parseWireError(raw);
  if (error === undefined || !isRecord(raw) || !isStreamName(raw.stream)) return undefined;
  const position: StreamPosition | undefined = isPosition(raw.position) ? raw.position : undefined;
  return { ...error, stream: raw.stream, ...(position !== undefined && { position }) };
}

export function parseStreams(raw: unknown): readonly StreamDescription[] | undefined {
  return isRecord(raw) && areStreams(raw.streams) ? raw.streams : undefined;
}

const STATUS_NUMBERS = [
  'at',
  'uptimeSeconds',
  'predictionsPerSecond',
  'queuedRows',
  'inFlight',
  'connections',
  'viewers',
] as const;

export function parseStatus(raw: unknown): HubStatus | undefined {
  if (!isRecord(raw) || !STATUS_NUMBERS.every((name) => isAmount(raw[name]))) return undefined;
  const { version, state, meanBatchRows, models, p50, p99, streams } = raw;
  if (typeof version !== 'string' || typeof state !== 'string') return undefined;
  if (meanBatchRows !== undefined && !isAmount(meanBatchRows)) return undefined;
  if (!Array.isArray(models) || !models.every(isServed) || !areStreams(streams)) return undefined;
  for (const receipt of [p50, p99]) if (receipt !== undefined && parseReceipt(receipt) === undefined) return undefined;
  return raw as unknown as HubStatus;
}

function isServed(raw: unknown): boolean {
  return isRecord(raw) && typeof raw.model === 'string' && typeof raw.engine === 'string';
}

function areStreams(raw: unknown): raw is readonly StreamDescription[] {
  return Array.isArray(raw) && raw.every(isDescription);
}

function isDescription(raw: unknown): boolean {
  if (!isRecord(raw) || !isStreamName(raw.stream) || !isEpoch(raw.epoch) || !isOffset(raw.offset)) return false;
  const { model, labels, rate, viewers, lastAt } = raw;
  if (typeof model !== 'string' || (labels !== undefined && !isTexts(labels))) return false;
  return isAmount(rate) && isAmount(viewers) && isAmount(lastAt);
}

function isEpoch(value: unknown): value is string {
  return isPosition({ epoch: value, offset: 0 });
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
