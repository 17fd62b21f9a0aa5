/** Parsers of the hub's stream events: `unknown` in, typed values out; undefined when malformed. Never throws. */

import type { WireError } from '../../shared/errors.js';
import { isRecord, isRequestId, isStreamName } from '../../shared/parse.js';
import { isPosition } from '../../shared/parse-stream.js';
import type {
  AggregateFrame,
  CastFrame,
  HubStatus,
  SampleItem,
  StreamDescription,
  StreamGap,
  StreamItem,
  StreamMode,
  StreamPosition,
  StreamWindow,
  Subscribed,
  Unsubscribed,
} from '../../shared/stream-protocol.js';
import { parseWireError } from '../connection/parse-answers.js';
import { isAmount, parseReceipt } from '../requests/prediction.js';

/** The reply to a call: the value, or the hub's refusal. */
export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** Parses the reply to a call. Undefined: neither the value nor an error. */
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

/**
 * A frame of items: offsets increase, with any distance between them. An unreadable item is left out and so is missing
 * by its offset.
 */
export function parseCast(raw: unknown): CastFrame | undefined {
  if (!isRecord(raw) || !isStreamName(raw.stream) || !isEpoch(raw.epoch) || !isAmount(raw.skipped)) return undefined;
  if (!Array.isArray(raw.items)) return undefined;
  const items = readable(raw.items, isItem);
  let last = 0;
  for (const { offset } of items) {
    if (offset <= last) return undefined;
    last = offset;
  }
  return items.length === 0 ? undefined : { ...(raw as unknown as CastFrame), items };
}

/** The readable entries of a list; the list itself when all are. */
function readable<T>(list: readonly unknown[], is: (raw: unknown) => raw is T): readonly T[] {
  return list.every(is) ? list : list.filter(is);
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

/**
 * A frame of windows, ordered by offset, since the hub's clock may have been set back. An unreadable window is left out
 * and so is missing by the next one's offset.
 */
export function parseAggregate(raw: unknown): AggregateFrame | undefined {
  if (!isRecord(raw) || !isStreamName(raw.stream) || !isEpoch(raw.epoch) || !isAmount(raw.skipped)) return undefined;
  const { windowMs, model, windows } = raw;
  if (!isAmount(windowMs) || windowMs === 0 || typeof model !== 'string') return undefined;
  if (!Array.isArray(windows)) return undefined;
  const read = windows.flatMap((window) => parseWindow(window) ?? []);
  let last = 0;
  for (const { offset } of read) {
    if (offset < last) return undefined;
    last = offset;
  }
  return read.length === 0 ? undefined : { ...(raw as unknown as AggregateFrame), windows: read };
}

/** A window without its unreadable parts: its counts are valid even if a mean, a receipt or a sample is not. */
function parseWindow(raw: unknown): StreamWindow | undefined {
  if (!isRecord(raw) || !isAmount(raw.at) || !isOffset(raw.offset)) return undefined;
  const { count, rate, failed, labels, p50, p99, samples, ...rest } = raw;
  if (!isOffset(count) || !isAmount(rate) || !isRecord(labels)) return undefined;
  const [median, tail] = [parseReceipt(p50), parseReceipt(p99)];
  return {
    ...(rest as Pick<StreamWindow, 'at' | 'offset'>),
    count,
    // Absent in frames of hubs that cast every answer.
    failed: isOffset(failed) ? failed : 0,
    rate,
    labels: Object.fromEntries(Object.entries(labels).filter(isLabelShare)),
    ...(median !== undefined && tail !== undefined && { p50: median, p99: tail }),
    ...(Array.isArray(samples) && { samples: readable(samples, isSample) }),
  };
}

function isLabelShare(entry: [string, unknown]): entry is [string, StreamWindow['labels'][string]] {
  const share = entry[1];
  return isRecord(share) && isOffset(share.count) && typeof share.mean === 'number';
}

function isSample(raw: unknown): raw is SampleItem {
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

/** The end of a subscription: the error, and the last position served. */
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
