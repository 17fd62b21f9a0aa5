/** Every refusal of the HTTP server has one form, also those of Node's parser; and an id given by the caller is kept. */

import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTcp } from '../support/hostile.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

let hub: TestApp;

beforeAll(async () => {
  hub = await startTestApp({ models: (folder) => writeLinear(folder) });
});

afterAll(() => hub.close());

test.each([
  ['a malformed request line', 'NO SUCH THING\r\n\r\n', 400, 'INVALID_INPUT'],
  ['headers over 16 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'TOO_LARGE'],
  ['a header with a control character', 'GET / HTTP/1.1\r\nHost: a\r\nX: \u0001\u0000\r\n\r\n', 400, 'INVALID_INPUT'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'INVALID_INPUT'],
])('%s is answered in the one form', async (_title, request, status, code) => {
  const { socket, said } = await openTcp(hub.url);
  socket.write(request);
  await until('it is answered and closed', () => socket.closed);

  const [head = '', body = ''] = said().split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(JSON.parse(body)).toMatchObject({ error: { code, retryable: false, message: expect.any(String) } });
});

test.each([
  ['a-trace.1:2/3', true],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', true],
  ['x'.repeat(129), false],
  ['two words', false],
  ['"quoted"', false],
])('the id %s of a caller is kept: %s', async (id, isKept) => {
  const answer = await fetch(`${hub.url}/models`, { headers: { 'x-request-id': id } });

  expect(answer.headers.get('x-request-id') === id).toBe(isKept);
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:/+=@-]{5,128}$/);
});

test('an acknowledgement repeats the id, of an answer as of a refusal', async () => {
  const socket = io(hub.url, { transports: ['websocket'], forceNew: true });
  const ask = (request: object): Promise<unknown> => socket.timeout(60_000).emitWithAck('predict', request);

  expect(await ask({ input: [2], id: 'seven' })).toMatchObject({ id: 'seven', prediction: [[5]] });
  expect(await ask({ input: 'wrong', id: 8 })).toMatchObject({ id: 8, error: { code: 'INVALID_INPUT' } });
  expect(await ask({ input: [2] })).not.toHaveProperty('id');
  socket.close();
});
