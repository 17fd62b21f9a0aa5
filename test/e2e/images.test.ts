/** Images by every road at the defaults: bytes over the socket and over REST, by the SDK and by what others write. */

import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../client/index.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { writeChannelMeans } from '../support/tiny-models.js';

const SIZE = 224;
const COUNT = SIZE * SIZE * 3;
/** Red, green and blue, the same everywhere. */
const pixels = Uint8Array.from({ length: COUNT }, (_, i) => [10, 100, 250][i % 3] ?? 0);
const floats = Float32Array.from(pixels);
const two = new Uint8Array(2 * COUNT);
two.set(pixels);

let hub: TestProcess;

beforeAll(async () => {
  hub = await startTestProcess({
    models: async (models) => {
      await writeChannelMeans(join(models, 'image', '1'), SIZE);
      await writeChannelMeans(join(models, 'large', '1'), 299);
    },
    config: { defaultModel: 'image' },
  });
});

afterAll(async () => {
  expect(await hub.close()).toBe(0);
});

const means = (answer: unknown): number[] =>
  ((answer as { prediction?: number[] }).prediction ?? []).map((mean) => Math.round(mean));

async function post(
  body: Uint8Array,
  headers: Record<string, string> = {},
  query = '',
): Promise<{ status: number; answer: unknown }> {
  const answer = await fetch(`${hub.url}/predict${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', ...headers },
    body: body as BodyInit,
  });
  return { status: answer.status, answer: await answer.json() };
}

describe('over REST as application/octet-stream', () => {
  test.each<[string, Uint8Array, Record<string, string>]>([
    ['uint8, bare', pixels, {}],
    ['float32, bare', new Uint8Array(floats.buffer), {}],
    ['uint8, with its shape', pixels, { 'x-tensor-dtype': 'uint8', 'x-tensor-shape': '224,224,3' }],
    ['float32 without a type', new Uint8Array(floats.buffer), { 'x-tensor-shape': '224, 224, 3' }],
  ])('%s', async (_title, body, headers) => {
    const { status, answer } = await post(body, headers, '?timeoutMs=20000&timing=false');
    expect([status, means(answer)]).toEqual([200, [10, 100, 250]]);
    expect(answer).not.toHaveProperty('timing');
  });

  test('a batch, and a stream by name in the query', async () => {
    const headers = { 'x-tensor-dtype': 'uint8', 'x-tensor-shape': '2,224,224,3' };
    const { status, answer } = await post(two, headers, '?stream=images&model=image');
    expect(status).toBe(200);
    expect((answer as { prediction: number[][] }).prediction.map((row) => row.map(Math.round))).toEqual([
      [10, 100, 250],
      [0, 0, 0],
    ]);
    expect(await (await fetch(`${hub.url}/streams`)).text()).toContain('"images"');
  });

  test.each<[string, Uint8Array, Record<string, string>, string, RegExp]>([
    ['a type without a shape', pixels, { 'x-tensor-dtype': 'uint8' }, '', /x-tensor-shape must give the sizes/],
    ['a shape that is none', pixels, { 'x-tensor-shape': '224x224x3' }, '', /x-tensor-shape must give the sizes/],
    [
      'another shape',
      pixels,
      { 'x-tensor-dtype': 'uint8', 'x-tensor-shape': '3,224,224' },
      '',
      /has shape \[3, 224, 224\]/,
    ],
    [
      'another type',
      pixels,
      { 'x-tensor-dtype': 'float16', 'x-tensor-shape': '224,224,3' },
      '',
      /dtype must be float32, int32, bool or uint8/,
    ],
    ['alpha', new Uint8Array(SIZE * SIZE * 4), {}, '', /pixels with alpha/],
    ['nothing', new Uint8Array(0), {}, '', /0 bytes/],
    ['a bad query', pixels, {}, '?timeoutMs=soon', /timeoutMs must be a number/],
  ])('is refused and told: %s', async (_title, body, headers, query, said) => {
    const { status, answer } = await post(body, headers, query);
    expect([status, answer]).toEqual([
      400,
      { error: expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(said) }) },
    ]);
  });

  test('JSON that is too large names the road of bytes', async () => {
    const body = JSON.stringify({ input: [Array.from({ length: COUNT }, (_, i) => i / 7)] });
    const answer = await fetch(`${hub.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([answer.status, await answer.json()]).toEqual([
      413,
      {
        error: expect.objectContaining({
          code: 'TOO_LARGE',
          message: expect.stringMatching(/application\/octet-stream.*--max-frame-bytes/),
        }),
      },
    ]);
  });
});

describe('over the socket', () => {
  test.each<[string, unknown, number[]]>([
    ['uint8, bare', pixels, [10, 100, 250]],
    ['a Buffer', Buffer.from(pixels), [10, 100, 250]],
    ['a Float32Array', floats, [10, 100, 250]],
    ['uint8, tagged', { dtype: 'uint8', shape: [224, 224, 3], data: pixels }, [10, 100, 250]],
  ])('of a plain client: %s', async (_title, input, expected) => {
    for (const transport of ['websocket', 'polling']) {
      const socket = io(hub.url, { transports: [transport], forceNew: true });
      expect(means(await socket.timeout(30_000).emitWithAck('predict', { input, timeoutMs: 20_000 }))).toEqual(
        expected,
      );
      socket.close();
    }
  });

  test.each<[string, unknown]>([
    ['uint8', pixels],
    ['of a canvas', new Uint8ClampedArray(pixels)],
    ['float32', floats],
  ])('of the SDK: %s', async (_title, input) => {
    const client = connect(hub.url);
    expect(means(await client.predict(input as Float32Array, { timeoutMs: 20_000 }))).toEqual([10, 100, 250]);
    await client.close();
  });
});

test('at load each model that does not fit the limits is told once, with the option', () => {
  const warnings = hub.log.filter(({ level }) => level === 40 || level === 'warn').map(({ msg }) => String(msg));
  expect(warnings.filter((text) => text.includes('model image@1'))).toEqual([
    expect.stringMatching(/too large for JSON over a socket .*--max-json-bytes.*as bytes/),
  ]);
  expect(warnings.filter((text) => text.includes('model large@1'))).toEqual([
    expect.stringMatching(/fits as uint8, but not as float32.*--max-frame-bytes 1073324/),
  ]);
});
