/**
 * A client in another language without knowledge of Tickcast: python-socketio, with events and with acknowledgements.
 */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { findPython, type PythonFound } from '../support/python.js';
import { writeLinear } from '../support/tiny-models.js';

let hub: TestApp;
let found: PythonFound;

beforeAll(async () => {
  found = await findPython();
  hub = await startTestApp({
    models: async (folder) => {
      await writeLinear(folder, 2, 1);
      return join(folder, 'model.json');
    },
  });
}, 600_000);

afterAll(() => hub.close());

test.for(['websocket', 'polling'])('python-socketio is served over %s', async (transport, { skip }) => {
  if (!found.ok) {
    // In CI nothing may be skipped.
    expect(process.env.CI, found.problem).toBeFalsy();
    skip(found.problem);
    return;
  }
  const script = join(import.meta.dirname, '../fixtures/python_client.py');
  const { stdout } = await promisify(execFile)(found.python, [script, hub.url, transport], { timeout: 120_000 });
  const got = JSON.parse(stdout);

  expect(got).toMatchObject({ in_time: true, transport });
  expect(got.hello).toMatchObject([{ protocol: 1, models: [{ version: '1' }] }]);
  expect(got.events.length).toBe(60);
  const [bytes, seven] = [58, 59].map((n) => got.events.find((event: { n: number }) => event.n === n));
  expect(bytes).toMatchObject({ prediction: [[4], [-3]] });
  expect(seven).toMatchObject({ id: 'seven', prediction: [[15]] });
  // In any order: python-socketio hands each event to a thread of its own.
  const numbered = got.events.filter((event: { id?: string }) => event.id === undefined);
  numbered.sort((a: { n: number }, b: { n: number }) => a.n - b.n);
  expect(numbered.map(({ n }: { n: number }) => n)).toEqual(Array.from({ length: 59 }, (_, i) => i));
  for (const [i, event] of numbered.slice(0, 58).entries()) {
    if (i % 3 === 0) expect(event).toMatchObject({ n: i, code: 'INVALID_INPUT', retryable: false });
    else expect(event).toMatchObject({ n: i, prediction: [[2 * i + 1], [2 * i + 2]] });
  }
  expect(got.acks.map(({ prediction }: { prediction: unknown }) => prediction)).toEqual(
    Array.from({ length: 20 }, (_, i) => [[2 * i + 1]]),
  );
  expect(got.refused).toMatchObject({ error: { code: 'MODEL_NOT_FOUND', retryable: false } });
  expect(got.no_input).toMatchObject({ error: { code: 'INVALID_INPUT' } });
});
