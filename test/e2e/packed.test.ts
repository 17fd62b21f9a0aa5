/** The hub as people install it: the packed tarball in an empty folder, on the Node that runs this test. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { within } from '../support/until.js';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
/** npm checks engines against the Node it runs on. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
let folder = '';
let installed = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-packed-'));
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, env });
  const [tarball] = await readdir(folder);
  // No install script matters here, and the native engine's needs a download.
  const args = ['install', `./${tarball}`, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const { stdout, stderr } = await run('npm', args, { cwd: folder, env });
  installed = stdout + stderr;
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('npm finds every package fit for this Node', () => {
  expect(installed).toMatch(/added \d+ packages/);
  expect(installed).not.toContain('EBADENGINE');
});

test('the packages chosen by exact version are there once, and what they bring fits Node 20', async () => {
  const versionOf = async (name: string): Promise<string> =>
    (JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
      .version;
  expect((await versionOf('cookie')).split('.')[0]).toMatch(/^[01]$/);
  expect(await versionOf('content-disposition')).toMatch(/^2\./);
  expect(existsSync(join(folder, 'node_modules/fastify/node_modules/light-my-request'))).toBe(false);
});

test('the hub starts, predicts over HTTP and Socket.IO, and drains', async () => {
  const main = join(folder, 'node_modules/tickcast/dist/server/main.js');
  const model = join(folder, 'node_modules/tickcast/model');
  const child = spawn(process.execPath, [main, '--port', '0', '--engine', 'wasm', '--model', model], {
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
    30_000,
  );
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"input":"what a lovely morning"}',
  });
  expect(await answer.json()).toMatchObject({ label: 'positive' });
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('<!doctype html>');
  const socket = io(url, { transports: ['websocket'] });
  const predicted = new Promise((resolved) => socket.once('prediction', resolved));
  socket.emit('predict', { input: 'what an awful morning' });
  expect(await within('a prediction', predicted)).toMatchObject({ label: 'negative' });
  socket.close();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await within('it drains', exited, 15_000)).toEqual([0, null]);
  expect(log.at(-1)).toMatchObject({ msg: 'drained', predicted: 2, abandoned: 0 });
});
