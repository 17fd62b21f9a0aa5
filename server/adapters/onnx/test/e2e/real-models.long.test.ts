/** Models of other tools, made by them: a hub answers what ONNX Runtime answers in Python, to 1e-4. */

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../../../dist/client/index.js';
import { startTestApp } from '../../../../../test/support/app.js';
import { findPython, type PythonFound } from '../../../../../test/support/python.js';

const NEEDS = {
  name: 'python-onnx',
  requirements: [
    'onnx>=1.17,<2',
    'onnxruntime>=1.22,<2',
    'skl2onnx>=1.18,<2',
    'scikit-learn>=1.5,<2',
    'numpy>=1.26,<3',
  ],
  modules: ['onnx', 'onnxruntime', 'skl2onnx', 'sklearn'],
};

/** A model, rows by input (or of the only one), and the right answers by output. */
interface Case {
  readonly model: string;
  readonly input: unknown;
  readonly outputs: Readonly<Record<string, unknown>>;
}

let found: PythonFound;
let folder: string;
let cases: readonly Case[] = [];

beforeAll(async () => {
  found = await findPython(NEEDS);
  folder = await mkdtemp(join(tmpdir(), 'tickcast-real-'));
  if (!found.ok) return;
  const script = join(import.meta.dirname, '../fixtures/real_models.py');
  const options = { timeout: 240_000, maxBuffer: 1 << 26 };
  const { stdout } = await promisify(execFile)(found.python, ['-W', 'ignore', script, join(folder, 'models')], options);
  cases = JSON.parse(stdout);
}, 900_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function addEngine(path: string, engine: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  await writeFile(path, JSON.stringify({ ...manifest, options: { engine } }));
}

/** The same with numbers that are close: within 1e-4 of what they are. */
function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  return typeof value === 'number'
    ? expect.closeTo(value, 4 - Math.ceil(Math.log10(Math.max(1, Math.abs(value)))))
    : value;
}

test.each(['node', 'wasm'])('every model answers what Python answers, on the engine %s', async (engine) => {
  // In CI nothing may be skipped.
  expect(found.ok ? '' : found.problem).toBe('');
  const hub = await startTestApp({
    models: async (models) => {
      await cp(join(folder, 'models'), models, { recursive: true });
      for (const { model } of cases) await addEngine(join(models, model, '1/manifest.json'), engine);
    },
    config: { maxJsonBytes: 1_000_000 },
  });
  const client = connect(hub.url);
  try {
    expect(cases.map(({ model }) => model)).toEqual(
      expect.arrayContaining(['forest', 'mood', 'image', 'lstm', 'tokens']),
    );
    for (const { model, input, outputs } of cases) {
      const names = Object.keys(outputs);
      const answer = await client.predict(input as number[], { model });
      const got = names.length === 1 ? { [names[0] ?? '']: answer.prediction } : answer.prediction;
      expect(got, model).toEqual(Object.fromEntries(names.map((name) => [name, close(outputs[name])])));
      expect(answer.timing?.engine).toBe(`onnx-${engine}`);
    }
  } finally {
    client.close();
    await hub.close();
  }
});
