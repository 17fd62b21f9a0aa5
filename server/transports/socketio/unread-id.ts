/** The id of a request whose text is not parsed, or could not be: so that its answer finds whoever asked. */

import { isRecord, isRequestId } from '../../../shared/parse.js';
import type { RequestId } from '../../../shared/protocol.js';

/** Looked at, at either end. */
const END_CHARS = 256;
/** `"id":` as first member of the first object, or as last of the last: anywhere else it may stand in a text or in an input. */
const FIRST_ID = /^[^[]*\["[^"\\]{1,64}",\{"id":("(?:[^"\\]|\\.){1,64}"|\d{1,15})[,}]/;
const LAST_ID = /,"id":("(?:[^"\\]|\\.){1,64}"|\d{1,15})\}\]$/;

/** The id of a request whose JSON is not parsed; undefined where it cannot be told for certain. */
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

/** The id of a request, wherever it stands: an answer without it would find nobody. Parses only where there may be one. */
export function idWithin(chunk: string): RequestId | undefined {
  if (!chunk.includes('"id"')) return undefined;
  try {
    const [, payload]: unknown[] = JSON.parse(chunk.slice(chunk.indexOf('[')));
    return isRecord(payload) && isRequestId(payload.id) ? payload.id : undefined;
  } catch {
    return undefined;
  }
}
