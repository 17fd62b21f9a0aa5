/** Models of other tools, made by them: a hub answers what ONNX Runtime or the tool answers in Python, to 1e-4. */

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../../../dist/client/index.js';
import { startTestApp } from '../../../../../test/support/app.js';
import { findPython, KERAS_2, type PythonFound, type PythonNeeds } from '../../../../../test/support/python.js';

const SCIKIT: PythonNeeds = {
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

interface Tool {
  readonly of: string;
  readonly needs: PythonNeeds;
  /** The program, which is also given a folder, and its other arguments. */
  readonly command: readonly [string, ...string[]];
  /** Models that must be among those that it writes. */
  readonly some: readonly string[];
}

/** A model, rows by input (or of the only one), and the right answers by output, or in the order of their names. */
interface Case {
  readonly model: string;
  readonly input: unknown;
  readonly outputs: Readonly<Record<string, unknown>> | readonly unknown[];
}

const TOOLS: readonly Tool[] = [
  {
    of: 'scikit-learn and onnx',
    needs: SCIKIT,
    command: [join(import.meta.dirname, '../fixtures/real_models.py')],
    some: ['forest', 'mood', 'image', 'lstm', 'tokens'],
  },
  {
    of: 'Keras by tf2onnx',
    needs: KERAS_2,
    command: [join(import.meta.dirname, '../../../../../test/fixtures/real_models.py'), 'onnx'],
    some: ['bidirectional', 'images', 'attention', 'two_ways', 'signal'],
  },
];

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

/** A prediction in the form of the right answers. */
function inForm(prediction: unknown, outputs: Case['outputs']): unknown {
  const names = Object.keys(outputs);
  if (!Array.isArray(outputs)) return names.length === 1 ? { [names[0] ?? '']: prediction } : prediction;
  if (names.length === 1) return [prediction];
  const byName = Object.entries(prediction as object).toSorted(([one], [two]) => (one < two ? -1 : 1));
  return byName.map(([, value]) => value);
}

describe.each(TOOLS)('models of $of', ({ needs, command, some }) => {
  let found: PythonFound;
  let folder: string;
  let cases: readonly Case[] = [];

  beforeAll(async () => {
    found = await findPython(needs);
    folder = await mkdtemp(join(tmpdir(), 'tickcast-real-'));
    if (!found.ok) return;
    const [script, ...more] = command;
    const options = { timeout: 240_000, maxBuffer: 1 << 26 };
    const run = promisify(execFile);
    const { stdout } = await run(found.python, ['-W', 'ignore', script, join(folder, 'models'), ...more], options);
    cases = JSON.parse(stdout);
  }, 900_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(['node', 'wasm'])('are answered as in Python, on the engine %s', async (engine) => {
    // On a user's machine without Python; in CI nothing may be skipped.
    if (!found.ok && !process.env.CI) return console.warn(found.problem);
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
      expect(cases.map(({ model }) => model)).toEqual(expect.arrayContaining([...some]));
      for (const { model, input, outputs } of cases) {
        const answer = await client.predict(input as number[], { model });
        const right = Array.isArray(outputs)
          ? outputs.map(close)
          : Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, close(value)]));
        expect(inForm(answer.prediction, outputs), model).toEqual(right);
        expect(answer.timing?.engine).toBe(`onnx-${engine}`);
      }
    } finally {
      client.close();
      await hub.close();
    }
  });
});
