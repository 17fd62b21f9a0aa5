import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { answerClientError, clientError } from '../../../server/transports/http/client-errors.js';

test.each([
  ['HPE_HEADER_OVERFLOW', 431, 'TOO_LARGE', /headers of the request are over 16384 bytes/],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'INVALID_INPUT', /within 15 s/],
  ['HPE_INVALID_METHOD', 400, 'INVALID_INPUT', /HPE_INVALID_METHOD/],
  [undefined, 400, 'INVALID_INPUT', /HTTP\/1\.1/],
])('what the parser calls %s is %i %s', (code, status, expected, message) => {
  expect(clientError(code, 15_000)).toMatchObject({
    status,
    error: { code: expected, retryable: false, message: expect.stringMatching(message) },
  });
});

/** A socket that notes what is done to it. */
function makeSocket(state: { writable?: boolean; headSent?: boolean } = {}) {
  const { writable = true, headSent } = state;
  const done = { text: '', destroyed: false };
  const socket = {
    writable,
    _httpMessage: headSent === undefined ? null : { _headerSent: headSent },
    end: (text: string) => {
      done.text = text;
    },
    destroy: () => {
      done.destroyed = true;
    },
  };
  return { done, socket: socket as unknown as Socket };
}

const failed = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

test('the answer has the form of every other error, and closes the connection', () => {
  const { done, socket } = makeSocket();
  answerClientError(failed('HPE_HEADER_OVERFLOW'), socket, 15_000);

  const [head = '', body = ''] = done.text.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  expect(head.toLowerCase()).toContain('connection: close');
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'TOO_LARGE' } });
});

test.each([
  ['a connection that was reset', 'ECONNRESET', {}],
  ['one that cannot be written to', 'HPE_INVALID_METHOD', { writable: false }],
  ['one in the middle of an answer', 'HPE_INVALID_METHOD', { headSent: true }],
])('%s is only closed', (_title, code, state) => {
  const { done, socket } = makeSocket(state);
  answerClientError(failed(code), socket, 15_000);

  expect(done).toEqual({ text: '', destroyed: true });
});
