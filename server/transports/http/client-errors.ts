/** Answers what Node's parser refuses before there is a request, in the form of every other error. */

import { maxHeaderSize } from 'node:http';
import type { Socket } from 'node:net';
import { type WireError, wireError } from '../../../shared/errors.js';
import { rawAnswer } from '../raw-answer.js';

/** A socket with Node's own note of the answer under way. */
interface AnsweringSocket extends Socket {
  readonly _httpMessage?: { readonly _headerSent?: boolean } | null;
}

/** The status and error for what the parser said. @param waitMs how long a request may take to arrive */
export function clientError(
  code: string | undefined,
  waitMs: number,
): { readonly status: number; readonly error: WireError } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW': {
      const message = `the headers of the request are over ${maxHeaderSize} bytes; send shorter or fewer ones`;
      return { status: 431, error: wireError('TOO_LARGE', message) };
    }
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const message = `the request did not arrive whole within ${waitMs / 1000} s; send it faster, or less at a time`;
      return { status: 408, error: wireError('INVALID_INPUT', message) };
    }
    default:
      return {
        status: 400,
        error: wireError('INVALID_INPUT', `the request is not HTTP/1.1 that can be read (${code ?? 'unknown'})`),
      };
  }
}

/** For a server's `clientError`: answers and closes the connection, or only closes it if an answer is under way. */
export function answerClientError({ code }: NodeJS.ErrnoException, socket: AnsweringSocket, waitMs: number): void {
  const isBusy = socket._httpMessage?._headerSent === true;
  if (code === 'ECONNRESET' || !socket.writable || isBusy) return void socket.destroy();
  const { status, error } = clientError(code, waitMs);
  socket.end(rawAnswer(status, JSON.stringify({ error })), () => socket.destroy());
}
