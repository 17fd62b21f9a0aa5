/** A hub with .onnx models: what it answers through the SDK is what ONNX Runtime answers. */

import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { connect } from '../../../../../dist/client/index.js';
import { startTestApp, startTestProcess } from '../../../../../test/support/app.js';
import { writeTokenizer } from '../../../../../test/support/token-models.js';
import { until } from '../../../../../test/support/until.js';
import {
  identity,
  isYes,
  linear,
  perceptron,
  tokenSum,
  value,
  withFolder,
  writeFileIn,
  writeOnnx,
} from '../support/onnx-models.js';

const root = resolve(import.meta.dirname, '../../../../..');
const SIZES = [4, 16, 3] as const;

/** What ONNX Runtime itself gives for the rows. */
async function right(model: Uint8Array, rows: readonly (readonly number[])[]): Promise<number[][]> {
  const session = await InferenceSession.create(model);
  const x = new Tensor('float32', Float32Array.from(rows.flat()), [rows.length, SIZES[0]]);
  const { y } = await session.run({ x });
  await session.release();
  const values = Array.from((y?.data ?? []) as Float32Array);
  return rows.map((_, row) => values.slice(row * SIZES[2], (row + 1) * SIZES[2]));
}

function rowsOf(count: number): number[][] {
  return Array.from({ length: count }, (_, row) => Array.from({ length: SIZES[0] }, (_, at) => Math.sin(row * 7 + at)));
}

test.each(['node', 'wasm'])('one file is served and answers as ONNX Runtime does, on the engine %s', async (engine) => {
  const model = writeOnnx(perceptron(...SIZES));
  const { url, close } = await startTestApp({
    models: async (folder) => {
      await writeFileIn(join(folder, 'net.onnx'), model);
      await writeFileIn(
        join(folder, 'manifest.json'),
        JSON.stringify({ labels: ['a', 'b', 'c'], options: { engine } }),
      );
      return join(folder, 'net.onnx');
    },
    config: { engineThreads: 2 },
  });
  const client = connect(url);
  const rows = rowsOf(40);
  const expected = await right(model, rows);

  const batch = await client.predict(rows);
  const alone = await Promise.all(rows.map((row) => client.predict(row)));

  expect(batch).toMatchObject({ model: 'net@1', timing: { engine: `onnx-${engine}` } });
  const close5 = expected.map((scores) => scores.map((score) => expect.closeTo(score, 5)));
  expect(batch.prediction).toEqual(close5);
  expect(alone.map(({ prediction }) => prediction)).toEqual(close5);
  const labels = expected.map((scores) => ['a', 'b', 'c'][scores.indexOf(Math.max(...scores))]);
  expect(alone.map(({ label }) => label)).toEqual(labels);
  client.close();
  await close();
});

test('models of all kinds stand in one repository, and what one row breaks costs no other an answer', async () => {
  const hub = await startTestProcess({
    models: async (folder) => {
      await writeFileIn(join(folder, 'line/1/model.onnx'), writeOnnx(linear()));
      await writeFileIn(join(folder, 'single/1/one.onnx'), writeOnnx(linear(1)));
      await writeFileIn(join(folder, 'words/1/model.onnx'), writeOnnx(isYes()));
      await writeFileIn(join(folder, 'pixels/1/model.onnx'), writeOnnx(identity('uint8')));
      await writeFileIn(join(folder, 'torn/1/model.onnx'), writeOnnx(linear()).slice(0, 100));
      await cp(join(root, 'model/sentiment'), join(folder, 'sentiment'), { recursive: true });
    },
  });
  const client = connect(hub.url);
  const ask = (model: string, input: unknown) => client.predict(input as number[], { model });

  expect((await ask('line', [[20], [1]])).prediction).toEqual([[41], [3]]);
  expect((await ask('single', [[20], [1]])).prediction).toEqual([[41], [3]]);
  expect((await ask('words', { text: ['yes', 'no'], bonus: [[3], [4]] })).prediction).toEqual({
    same: [[1], [0]],
    bonus_out: [[3], [4]],
  });
  expect((await ask('sentiment', 'what a lovely day')).label).toBe('positive');
  const mixed = await Promise.allSettled([ask('pixels', [1, 2]), ask('pixels', [1, 300]), ask('pixels', [255, 0])]);
  expect(mixed).toMatchObject([
    { status: 'fulfilled', value: { prediction: [1, 2] } },
    { status: 'rejected', reason: { code: 'ENGINE_FAILED' } },
    { status: 'fulfilled', value: { prediction: [255, 0] } },
  ]);
  // The log is another pipe than the answers.
  const told = 'input \\"x\\" has 300 in row 0, which is no uint8';
  await until('the log says why', () => JSON.stringify(hub.log).includes(told));
  expect(hub.log.filter(({ level, model }) => level === 'warn' && model !== undefined)).toEqual([]);
  const ready = hub.log.filter(({ msg }) => msg === 'model ready');
  expect(ready.find(({ model }) => model === 'single@1')).toMatchObject({
    runtime: 'onnx',
    engine: 'onnx-node',
    why: expect.stringMatching(/onnxruntime-node 1\.30\.0: it is installed; one thread; .* fixed at 1/),
  });
  expect(hub.log.filter(({ msg }) => msg === 'a model is broken and not served')).toMatchObject([
    { problem: expect.stringMatching(/^model torn@1: model\.onnx: it is no ONNX file, or damaged/) },
  ]);
  client.close();
  expect(await hub.close()).toBe(0);
});

test.each(['node', 'wasm'])('a model of tokens is served from strings by a tokenizer.json, on %s', async (engine) => {
  const { url, close } = await startTestApp({
    models: async (folder) => {
      await writeTokenizer(folder, 'bert-uncased', 32, { maxLength: 32 });
      await writeFileIn(join(folder, 'model.onnx'), writeOnnx(tokenSum(1000)));
      const manifest: object = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
      await writeFileIn(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, options: { engine } }));
    },
  });
  const client = connect(url);
  const texts = ['a good day', '', 'naïve 🔥 words', 'so '.repeat(100), 'not bad at all, and the second is better'];

  const { prediction: together } = await client.predict(texts);
  const alone = await Promise.all(texts.map(async (text) => (await client.predict(text)).prediction));
  expect(together).toEqual((alone as number[][]).map((row) => row.map((score) => expect.closeTo(score, 4))));
  expect(new Set(alone.map(String)).size).toBe(texts.length);
  client.close();
  await close();
});

/** Exit code and output of the command. */
function tickcast(...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [join(root, 'dist/cli/main.js'), ...args],
      { timeout: 120_000 },
      (_, stdout, stderr) => done({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

test.each([
  ['empty.onnx', new Uint8Array(), 'empty.onnx: it is empty'],
  ['text.onnx', new TextEncoder().encode('no model'), 'text.onnx: it is no ONNX file, or damaged'],
  [
    'scalar.onnx',
    writeOnnx({ ...linear(), inputs: [value('x', 'float32')], outputs: [value('y', 'float32', 1)] }),
    'input "x" is a scalar',
  ],
])('`tickcast check` says in one line what is wrong with %s', (file, content, said) =>
  withFolder(async (folder) => {
    await writeFileIn(join(folder, file), content);
    const { code, output } = await tickcast('check', '--model', join(folder, file), '--port', '0');
    expect(output).toContain(said);
    expect(output.split('\n').filter((line) => line.includes(said))).toHaveLength(1);
    expect(code).toBe(1);
  }),
);

test('`tickcast check` is content with a good one', () =>
  withFolder(async (folder) => {
    await writeFileIn(join(folder, 'good.onnx'), writeOnnx(linear()));
    const { code, output } = await tickcast('check', '--model', join(folder, 'good.onnx'), '--port', '0');
    expect(output).toContain('good@1 on onnx-node');
    expect(code).toBe(0);
  }));

test('`tickcast doctor` names both engines with their versions', async () => {
  const { output } = await tickcast('doctor', '--json');
  expect(JSON.parse(output).packages).toEqual([
    {
      name: '@tickcast/onnx',
      engines: [
        { name: 'onnx-node', available: true, version: '1.30.0' },
        { name: 'onnx-wasm', available: true, version: '1.30.0' },
      ],
    },
  ]);
});
