/** The package as people install it, beside the packed hub and without the native library. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { within } from '../../../../../test/support/until.js';
import { linear, writeOnnx } from '../support/onnx-models.js';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../../../..');
/** npm checks engines against the Node it runs on. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-onnx-packed-'));
  for (const cwd of [root, join(root, 'server/adapters/onnx')])
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd, env });
  const tarballs = (await readdir(folder)).map((name) => `./${name}`);
  const args = ['install', ...tarballs, '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
  await run('npm', args, { cwd: folder, env });
  await writeFile(join(folder, 'net.onnx'), writeOnnx(linear()));
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('it brings one build of WebAssembly with its licence, and no other package', async () => {
  const installed = await readdir(join(folder, 'node_modules'));
  expect(installed.filter((name) => name.startsWith('onnx'))).toEqual([]);
  const place = join(folder, 'node_modules/@tickcast/onnx');
  expect((await readdir(join(place, 'dist/onnxruntime-web'))).sort()).toEqual([
    'LICENSE',
    'ort-wasm-simd-threaded.mjs',
    'ort-wasm-simd-threaded.wasm',
    'ort.wasm.min.mjs',
  ]);
  expect((await readdir(place)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
});

test('a hub serves an .onnx file with it, and the doctor says what would be faster', async () => {
  const bin = join(folder, 'node_modules/.bin/tickcast');
  const child = spawn(bin, ['--port', '0', '--engine', 'wasm', '--model', 'net.onnx'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const log: Record<string, unknown>[] = [];
  const url = await within(
    'the hub listens',
    new Promise<string>((listens) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const entry = JSON.parse(line) as Record<string, unknown>;
        log.push(entry);
        if (typeof entry.url === 'string') listens(entry.url);
      });
    }),
    60_000,
  );
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"input":[20]}',
  });
  expect(await answer.json()).toMatchObject({ prediction: [[41]], model: 'net@1' });
  expect(log.find(({ msg }) => msg === 'model ready')).toMatchObject({
    engine: 'onnx-wasm',
    why: expect.stringContaining('onnxruntime-node is not installed; npm i onnxruntime-node'),
  });
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await within('it drains', exited)).toEqual([0, null]);

  const { stdout } = await run(bin, ['doctor', '--json'], { cwd: folder, env });
  expect(JSON.parse(stdout).packages).toMatchObject([
    {
      engines: [
        { name: 'onnx-node', available: false, remedy: 'npm i onnxruntime-node' },
        { name: 'onnx-wasm', available: true, version: '1.30.0' },
      ],
    },
  ]);
});
