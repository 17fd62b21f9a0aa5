/**
 * The client that anyone would write first: `io(url)`, `emit('predict')`, `on('prediction')`, against a model given as
 * a model.json.
 */

import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { expectClose, loadReference, type ReferenceModel } from '../support/reference-model.js';
import { writeLinear } from '../support/tiny-models.js';
import { until, within } from '../support/until.js';

let hub: TestApp;
let reference: ReferenceModel;
let url: string;

beforeAll(async () => {
  hub = await startTestApp({
    models: async (folder) => {
      await writeLinear(folder, 1.7, -0.3);
      const file = join(folder, 'model.json');
      reference = await loadReference(file);
      return file;
    },
    // Whatever engine this machine has.
    config: { engine: 'auto' },
  });
  url = hub.url;
});

afterAll(() => hub.close());

const INPUTS = [[0.42], [0.1, -2.5, 1e6], [[0.42]], [[1], [2], [3]], [0], [-0.000123], [3.4e37, 1e-30]];

describe('answers are what model.predict(tf.tensor(input)).arraySync() gives', () => {
  test.each(INPUTS.map((input) => ({ input, text: JSON.stringify(input) })))(
    'over the socket: $text',
    async ({ input }) => {
      const socket = io(url);
      const prediction = await within(
        'the prediction',
        new Promise((resolve) => {
          socket.on('prediction', (d) => resolve(d.prediction));
          socket.emit('predict', { input });
        }),
      );
      socket.close();

      expectClose(prediction, reference.predict(input));
    },
  );

  describe.each(['/predict', '/infer'])('POST %s', (path) => {
    test.each(INPUTS.map((input) => ({ input, text: JSON.stringify(input) })))('$text', async ({ input }) => {
      const reply = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ input }),
      });

      expect(reply.status).toBe(200);
      const answer: { prediction: unknown } = JSON.parse(await reply.text());
      expectClose(answer.prediction, reference.predict(input));
    });
  });
});

test.each(['websocket', 'polling'])(
  'answers without ids come in request order, refusals among them, over %s',
  async (transport) => {
    const socket = io(url, { transports: [transport], forceNew: true });
    const answers: { readonly n: number; readonly prediction?: unknown; readonly code?: string }[] = [];
    socket.on('prediction', (d) => answers.push(d));
    socket.on('prediction_error', (d) => answers.push(d));
    const asked: unknown[] = [];
    for (let i = 0; i < 400; i++) {
      const input = [[i], [i, i + 1], ['wrong'], [], [[i], [-i]], [[1, 2]]][i % 6];
      asked.push(input);
      // As in practice: some requests in one turn, some in the next.
      if (i % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
      socket.emit('predict', { input });
    }
    await until('all are answered', () => answers.length >= asked.length);
    socket.close();

    expect(answers.length).toBe(asked.length);
    expect(answers.map(({ n }) => n)).toEqual(asked.map((_, i) => i));
    for (const [i, input] of asked.entries()) {
      if ([2, 3, 5].includes(i % 6)) expect(answers[i]).toMatchObject({ code: 'INVALID_INPUT' });
      else expectClose(answers[i]?.prediction, reference.predict(input));
    }
  },
);
