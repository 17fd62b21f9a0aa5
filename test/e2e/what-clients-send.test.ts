/** What JSON makes of numbers that are no plain arrays: each is told what arrived, and what to send. */

import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';

let hub: TestApp;

beforeAll(async () => {
  hub = await startTestApp({ models: (folder) => writeLinear(folder) });
});

afterAll(() => hub.close());

test.each<[object, RegExp]>([
  [{ input: Float32Array.of(1) }, /typed array turned into JSON/],
  [{ input: [Float32Array.of(1), Float32Array.of(2)] }, /typed array turned into JSON/],
  [{ input: Buffer.from([1, 2, 3, 4]) }, /Buffer turned into JSON/],
  [{ input: { x: Float32Array.of(1) } }, /typed array turned into JSON/],
  [{ input: { shape: [1], dtype: 'float32', values: [1] } }, /a tensor is \{ dtype, shape, data \}/],
  [{ input: { shape: [1], dtype: 'float32', data: [1] } }, /data must be bytes/],
  [{ input: ['1', '2'] }, /must not be in quotes/],
  [{ input: '1,2' }, /numbers in a text/],
  [{ input: [1, null] }, /JSON has no NaN/],
  [{ instances: [[1]] }, /TensorFlow Serving/],
  [{ inputs: [{ name: 'x', shape: [1, 1], datatype: 'FP32', data: [1] }] }, /Open Inference Protocol/],
  [{ data: [1] }, /data is no field of a request/],
  [{ input: { isDisposedInternal: false, shape: [1], dtype: 'float32', dataId: { id: 1 } } }, /tensor\.array\(\)/],
  [{ input: [1e39] }, /no finite float32/],
])('%j', async (body, message) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${hub.url}/predict`, { method: 'POST', headers, body: JSON.stringify(body) });

  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: { code: 'INVALID_INPUT', message: expect.stringMatching(message) },
  });
});

test('a batch of typed arrays over Socket.IO is understood; a row of another length is named', async () => {
  const socket = io(hub.url, { transports: ['websocket'], forceNew: true });
  const ask = (input: unknown): Promise<unknown> => socket.timeout(60_000).emitWithAck('predict', { input });

  expect(await ask([Float32Array.of(1), Float32Array.of(2)])).toMatchObject({ prediction: [[3], [5]] });
  expect(await ask([Float32Array.of(1), Float32Array.of(2, 3)])).toMatchObject({
    error: { code: 'INVALID_INPUT', message: expect.stringContaining('input[1] has 8 bytes') },
  });
  expect(await ask([Float32Array.of(1), 'two'])).toMatchObject({
    error: { code: 'INVALID_INPUT', message: expect.stringContaining('input[1] is "two", where input[0] is bytes') },
  });
  socket.close();
});
