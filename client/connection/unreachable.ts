/** Says for people why an attempt to reach a hub failed, as far as the platform tells. */

import { isRecord } from '../../shared/parse.js';
import { parseWireError } from './parse-answers.js';

/** An attempt to connect that failed. */
export interface Unreachable {
  /** The address, the cause as far as it is known, and what to check; for people. */
  readonly message: string;
  /** Failed attempts since the last hello. */
  readonly attempts: number;
  /** The wait before the next attempt, in milliseconds. */
  readonly retryInMs: number;
}

/** What engine.io reports: in Node with the cause of the system, in browsers mostly with nothing. */
export interface Failure {
  readonly message: string;
  /** Of a WebSocket: its error event. */
  readonly description?: unknown;
  /** Of HTTP polling: its request. */
  readonly context?: unknown;
}

/** The likely cause, and what to check. Does not repeat the address. @param wasServed a hub has taken this page before. */
export function whyUnreachable(url: string, { message, description, context }: Failure, wasServed = false): string {
  const { status, responseText, statusText } = partsOf(context);
  const { message: inner, error } = partsOf(description);
  const refusal = readRefusal(responseText);
  if (refusal !== undefined) return `the hub refuses: ${refusal}`;
  const answered = Number(status) || Number(/response: (\d+)/.exec(String(inner))?.[1]);
  if (answered > 0) return `HTTP ${answered}, no Tickcast hub: are host, port and path right`;
  const code = partsOf(error).code ?? partsOf(statusText).code;
  const page = globalThis.location?.origin;
  const isForeign = !wasServed && page !== undefined && page !== new URL(url.replace(/^ws/, 'http')).origin;
  return `no answer (${String(code ?? message)}): is there a hub, are host, port and path right${isForeign ? `? This page needs --cors-origin ${page}` : ''}`;
}

function readRefusal(body: unknown): string | undefined {
  try {
    return parseWireError(partsOf(JSON.parse(String(body))).error)?.message;
  } catch {
    return undefined;
  }
}

function partsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
