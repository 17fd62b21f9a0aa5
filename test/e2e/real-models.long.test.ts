/**
 * Models of TensorFlow and Keras as their own tools write them: a hub answers what the tools answer in Python, to 1e-4,
 * on each engine that takes them. What TensorFlow.js cannot do is refused in one line.
 */

import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../dist/client/index.js';
import { openBackend } from '../../dist/server/engine/backend/backend.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { findPython, KERAS_2, KERAS_3, type PythonFound, type PythonNeeds } from '../support/python.js';

const TOOLS: readonly (readonly [string, PythonNeeds, number])[] = [
  ['Keras 2', KERAS_2, 30],
  ['Keras 3', KERAS_3, 12],
];

/** A model, and either rows by input (or of the only one) with the right answers by name, or why it is refused. */
interface Case {
  readonly model: string;
  readonly engines: readonly string[];
  readonly input?: unknown;
  readonly outputs?: readonly unknown[];
  readonly problem?: string;
}

const native = await openBackend('native');
if (!native.ok && process.env.CI) throw new Error(native.reason);
const ENGINES = native.ok ? (['wasm', 'native'] as const) : (['wasm'] as const);

describe.each(TOOLS)('models of %s', (_, needs, least) => {
  let found: PythonFound;
  let folder: string;
  let cases: readonly Case[] = [];

  beforeAll(async () => {
    found = await findPython(needs);
    folder = await mkdtemp(join(tmpdir(), 'tickcast-real-'));
    if (!found.ok) return;
    const script = join(import.meta.dirname, '../fixtures/real_models.py');
    const options = { timeout: 240_000, maxBuffer: 1 << 26 };
    const run = promisify(execFile);
    const { stdout } = await run(found.python, ['-W', 'ignore', script, join(folder, 'models')], options);
    cases = JSON.parse(stdout);
  }, 900_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(ENGINES)('are answered on %s as in Python', async (engine) => {
    // On a user's machine without Python; in CI nothing may be skipped.
    if (!found.ok && !process.env.CI) return console.warn(found.problem);
    expect(found.ok ? '' : found.problem).toBe('');
    expect(cases.length).toBeGreaterThanOrEqual(least);
    const own = cases.filter(({ engines }) => engines.includes(engine));
    const hub = await startTestProcess({
      models: async (models) => {
        for (const { model } of own) await cp(join(folder, 'models', model), join(models, model), { recursive: true });
      },
      config: { engine, maxJsonBytes: 1_000_000, logLevel: 'info' },
    });
    try {
      for (const one of own) await (one.problem === undefined ? compare(hub, one) : expectRefusal(hub, one));
    } finally {
      expect(await hub.close()).toBe(0);
    }
  });
});

async function compare(hub: TestProcess, { model, input, outputs = [] }: Case): Promise<void> {
  const client = connect(hub.url);
  try {
    const { prediction } = await client.predict(input as number[], { model });
    const answers = isNamed(prediction) ? byName(prediction) : [prediction];
    expect(answers, model).toEqual(outputs.map(close));
  } finally {
    client.close();
  }
}

function expectRefusal({ log }: TestProcess, { model, problem = '' }: Case): void {
  const line = log.map(({ problem: said }) => String(said)).find((said) => said.startsWith(`model ${model}@`));
  expect(line).toMatch(new RegExp(`^[^\\n]*(${problem})[^\\n]*; [^\\n]+$`));
}

function isNamed(prediction: unknown): prediction is Readonly<Record<string, unknown>> {
  return typeof prediction === 'object' && prediction !== null && !Array.isArray(prediction);
}

function byName(prediction: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.keys(prediction)
    .toSorted()
    .map((name) => prediction[name]);
}

/** The same with numbers that are close: within 1e-4 of what they are. */
function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  return typeof value === 'number'
    ? expect.closeTo(value, 4 - Math.ceil(Math.log10(Math.max(1, Math.abs(value)))))
    : value;
}
