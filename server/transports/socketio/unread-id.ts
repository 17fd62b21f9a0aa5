/** Extracts the id of a request that is not, or cannot be, parsed, so that its answer reaches the caller. */

import { isRecord, isRequestId } from '../../../shared/parse.js';
import type { RequestId } from '../../../shared/protocol.js';

/** Characters examined at either end. */
const END_CHARS = 256;
/**
 * `"id":` as the first member of the first object, or the last of the last: anywhere else it may be part of a text or
 * an input.
 */
const FIRST_ID = /^[^[]*\["[^"\\]{1,64}",\{"id":("(?:[^"\\]|\\.){1,64}"|\d{1,15})[,}]/;
const LAST_ID = /,"id":("(?:[^"\\]|\\.){1,64}"|\d{1,15})\}\]$/;

/** The id of an unparsed request; undefined when it is not certain. */
export function idOf(chunk: string): RequestId | undefined {
  const match = FIRST_ID.exec(chunk.slice(0, END_CHARS)) ?? LAST_ID.exec(chunk.slice(-END_CHARS));
  if (match === null) return undefined;
  try {
    const id: unknown = JSON.parse(match[1] ?? '');
    return isRequestId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The id of a request, wherever it is: without it an answer would reach nobody. Parses only if there may be one. */
export function idWithin(chunk: string): RequestId | undefined {
  if (!chunk.includes('"id"')) return undefined;
  try {
    const [, payload]: unknown[] = JSON.parse(chunk.slice(chunk.indexOf('[')));
    return isRecord(payload) && isRequestId(payload.id) ? payload.id : undefined;
  } catch {
    return undefined;
  }
}
