/** The hub as people install it: the packed tarball in an empty folder, on the Node that runs this test. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
}, 600_000);

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
    60_000,
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
  expect(await within('it drains', exited)).toEqual([0, null]);
  expect(log.at(-1)).toMatchObject({ msg: 'drained', predicted: 2, abandoned: 0 });
});

/** Installs a package `@tickcast/<name>` beside the hub, as npm would. */
async function installAdapter(name: string, source: string): Promise<void> {
  const place = join(folder, 'node_modules/@tickcast', name);
  await mkdir(place, { recursive: true });
  await writeFile(
    join(place, 'package.json'),
    JSON.stringify({ name: `@tickcast/${name}`, type: 'module', main: 'index.js' }),
  );
  await writeFile(join(place, 'index.js'), source);
}

/** Runs a module in the folder of the install; answers what it prints. */
async function runModule(source: string): Promise<string> {
  const file = join(folder, 'program.mjs');
  await writeFile(file, source);
  const { stdout } = await run(process.execPath, [file], { cwd: folder, timeout: 60_000 });
  return stdout;
}

test('an adapter that is not installed is told in one line, by option and by manifest', async () => {
  const main = join(folder, 'node_modules/tickcast/dist/server/main.js');
  const told = (args: readonly string[]): Promise<string> =>
    run(process.execPath, [main, '--port', '0', ...args], { cwd: folder }).then(
      () => '',
      ({ stderr, code }: { stderr: string; code: number }) => `${code} ${stderr}`,
    );
  const model = join(folder, 'models/mine/1');
  await mkdir(model, { recursive: true });
  await writeFile(join(model, 'manifest.json'), '{"runtime":"missing"}');
  const shipped = join(folder, 'node_modules/tickcast/model');

  expect(await told(['--model', shipped, '--taps', 'missing'])).toBe(
    '1 tickcast: --taps missing is not there; npm i @tickcast/missing\n',
  );
  expect(await told(['--model', shipped, '--broker', 'missing://here'])).toBe(
    '1 tickcast: --broker missing is not there; npm i @tickcast/missing\n',
  );
  expect(await told(['--model', join(folder, 'models')])).toBe(
    '1 tickcast: model mine@1: runtime "missing" is not known here; known are tfjs-layers, tfjs-graph; npm i @tickcast/missing\n',
  );
});

test('adapters that are installed take part, and meet their contract as a program runs it', async () => {
  const runtime = `{ names: ['twice'], openSession: () => ({ ok: true, session: {
    describe: () => ({ inputs: [{ name: 'x', dtype: 'float32', shape: [1] }], outputs: [{ name: 'y', dtype: 'float32', shape: [1] }], engine: 'twice', why: 'the test' }),
    run: ({ inputs: [x], outputs: [y] }, rows) => { for (let i = 0; i < rows; i++) y[i] = 2 * x[i]; },
    dispose() {},
  } }) }`;
  await installAdapter('twice', `export const runtime = ${runtime};`);
  await installAdapter(
    'counter',
    `export const openTap = async ({ log }) => {
    let count = 0;
    return { name: 'counter', predicted: () => { count += 1; }, close: async () => log.warn({ count }, 'counted') };
  };`,
  );
  const model = join(folder, 'own/mine/1');
  await mkdir(model, { recursive: true });
  await writeFile(join(model, 'manifest.json'), '{"runtime":"twice"}');
  const printed = await runModule(`
    import { App, configWith, createLogger } from 'tickcast';
    import { runtimeContract, tapContract } from 'tickcast/testing';
    import { runtime } from '@tickcast/twice';
    import { openTap } from '@tickcast/counter';
    const log = createLogger('warn', 'json');
    const started = await App.start(configWith({ port: 0, model: ${JSON.stringify(join(folder, 'own'))}, taps: ['counter'] }), log);
    if (!started.ok) throw new Error(started.problem);
    console.log(JSON.stringify(await started.app.hub.predict({ input: [21], timing: false })));
    await started.app.drain();
    const quiet = createLogger('silent', 'json');
    const cases = [
      ...runtimeContract({ runtime, source: { folder: '/' }, right: ([x]) => [2 * x] }),
      ...tapContract(() => openTap({ log: quiet, env: {} })),
    ];
    for (const { run } of cases) await run();
    console.log(cases.length + ' cases');
    process.exit(0);
  `);

  expect(printed).toContain('{"prediction":[[42]],"model":"mine@1"}');
  expect(printed).toContain('"count":1,"msg":"counted"');
  expect(printed).toContain('11 cases');
});
