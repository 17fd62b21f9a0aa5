/** A whole HTTP answer as text, for a socket that has no response of Node's. */

import { STATUS_CODES } from 'node:http';

/** An answer with a JSON body that closes the connection. */
export function rawAnswer(status: number, body: string, more: Readonly<Record<string, string>> = {}): string {
  const headers = { ...jsonHeaders(body), ...more };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

/** Headers of an answer that closes the connection. */
export function jsonHeaders(body: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
}
