// Pipelined requests on one HTTP connection.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { openTcp } from '../support/hostile.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

let hub: TestProcess;

beforeAll(async () => {
  hub = await startTestProcess({ models: writeLinear });
});

afterAll(() => hub.close());

function predict(input: number): string {
  const body = JSON.stringify({ input: [input] });
  return `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

test('are answered each, in order', async () => {
  const { socket, said } = await openTcp(hub.url);
  socket.write(Array.from({ length: 50 }, (_, i) => predict(i)).join(''));
  const outputs = (): number[] =>
    [...said().matchAll(/"prediction":\[\[([-\d.]+)/g)].map(([, output]) => Number(output));
  await until('all answers', () => outputs().length === 50);
  socket.destroy();

  expect(outputs()).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i + 1));
});

test('are too many at some point: the connection ends, is told of in the log, and nobody else notices', async () => {
  const { socket } = await openTcp(hub.url);
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.write(Array.from({ length: 1_000 }, (_, i) => predict(i)).join(''));
  await ended;

  await until('a line of it', () => hub.log.some(({ reason }) => String(reason).includes('wait on one connection')));
  expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
});
