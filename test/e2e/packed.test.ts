/** The hub as people install it: the packed tarball in an empty folder, on the Node that runs this test. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
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
  const args = ['install', `./${tarball}`, '--ignore-scripts', '--no-audit', '--no-fund'];
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
  // As stock clients begin: what an install brings may be newer than what the lockfile names.
  const polling = io(url, { transports: ['polling'] });
  const polled = within('a prediction by polling', polling.emitWithAck('predict', { input: 'what a lovely day' }));
  expect(await polled).toMatchObject({ label: 'positive' });
  polling.close();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await within('it drains', exited)).toEqual([0, null]);
  expect(log.at(-1)).toMatchObject({ msg: 'drained', predicted: 3, abandoned: 0 });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in the folder of the install: what `npx tickcast` runs, without npm's own start each time. */
function tickcast(args: readonly string[], input = '', command = ['node_modules/.bin/tickcast']): Promise<Ended> {
  return new Promise((resolved) => {
    const [file = '', ...before] = command;
    const child = execFile(
      file,
      [...before, ...args],
      { cwd: folder, env, timeout: 120_000 },
      (_error, stdout, stderr) => {
        resolved({ code: child.exitCode ?? -1, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

/** Starts the hub of the package without a model, and gives its address. */
async function serve(args: readonly string[]): Promise<string> {
  const bin = join(folder, 'node_modules/.bin/tickcast');
  const child = spawn(bin, ['--port', '0', '--engine', 'wasm', ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  });
  const lines = createInterface({ input: child.stdout });
  const log: Record<string, unknown>[] = [];
  const url = new Promise<string>((listens) => {
    lines.on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (typeof entry.url === 'string') listens(entry.url);
    });
  });
  const at = await within('the hub listens', url, 60_000);
  expect(log[0]).toMatchObject({ msg: expect.stringContaining('serving the model of the package') });
  return at;
}

test('the package has its licence, its README, and says where it comes from', async () => {
  const installedAt = join(folder, 'node_modules/tickcast');
  const manifest = JSON.parse(await readFile(join(installedAt, 'package.json'), 'utf8'));

  expect(existsSync(join(installedAt, 'LICENSE'))).toBe(true);
  expect(existsSync(join(installedAt, 'README.md'))).toBe(true);
  expect(manifest).toMatchObject({ repository: { type: 'git' }, keywords: expect.arrayContaining(['prediction']) });
});

test('every verb says what it does; an unknown one is told', async () => {
  const help = await tickcast(['--help'], '', ['npx', 'tickcast']);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tickcast: /), stderr: '' });
  expect(await tickcast(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tickcast \d+\.\d/) });
  for (const [, verb = ''] of help.stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)) {
    const own = await tickcast([verb, '--help']);
    expect(own, verb).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`tickcast ${verb}`) });
  }
  expect(await tickcast(['predcit'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('unknown verb "predcit" (did you mean predict?)'),
  });
});

test('a hub of the package, asked by predict, fed by feed, its log read by log', async () => {
  const url = await serve(['--prediction-log', 'all']);

  const one = await tickcast(['predict', '--url', url, 'what', 'a', 'lovely', 'day']);
  expect(one).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('"label":"positive"') });

  const lines = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? `a lovely day ${i}` : `an awful day ${i}`));
  const many = await tickcast(['predict', '--url', url], `${lines.join('\n')}\n\nthe end is good`);
  const answers = many.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; label: string });
  expect(many).toMatchObject({ code: 0, stderr: '' });
  expect(answers.map(({ line }) => line)).toEqual([...lines.map((_, i) => i + 1), 302]);
  for (const { line, label } of answers) expect(label).toBe(line % 2 === 1 || line === 302 ? 'positive' : 'negative');

  const long = 'x'.repeat(70_000);
  const refused = await tickcast(['predict', '--url', url, '--output', 'table'], `good day\n${long}\nbad day\n`);
  expect(refused.code).toBe(1);
  expect(refused.stdout.split('\n').map((row) => row.split(' ', 1)[0])).toEqual([
    'positive',
    'TOO_LARGE',
    'negative',
    '',
  ]);
  expect(refused.stderr).toMatch(/^tickcast predict: line 2: TOO_LARGE: [^\n]+\n$/);

  const fed = await tickcast(['feed', '--file', '-', '--url', url, '--stream', 'talk'], 'good\nbad\n');
  expect(fed).toMatchObject({ code: 0, stdout: expect.stringMatching(/answered +2 /) });

  const read = await tickcast(['log', '--stream', 'talk']);
  expect(read).toMatchObject({ code: 0, stderr: '' });
  expect(read.stdout.trimEnd().split('\n')).toHaveLength(2);
});

test('check tells all that is wrong at once, and starts nothing', async () => {
  const models = join(folder, 'checked');
  await cp(join(folder, 'node_modules/tickcast/model/sentiment'), join(models, 'sentiment'), { recursive: true });
  await mkdir(join(models, 'sentiment/9'));
  await writeFile(join(models, 'sentiment/9/model.json'), '{');
  await mkdir(join(models, 'flat'));
  await writeFile(join(models, 'flat/model.json'), '{}');
  await writeFile(join(folder, 'tokens.json'), '{"keys": []}', { mode: 0o600 });
  const holder = createServer();
  holder.listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as AddressInfo;
  const engine = ['--engine', 'wasm'];

  const bad = [
    '--model',
    models,
    '--token-file',
    'tokens.json',
    '--port',
    `${port}`,
    '--tick-ms',
    'soon',
    '--doors',
    'x',
    '--redaction',
    './none.mjs',
  ];
  const { code, stdout, stderr } = await tickcast(['check', ...engine, ...bad]);
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringContaining('--tick-ms is "soon"'),
    expect.stringContaining('--token-file: tokens.json: "keys" is empty'),
    expect.stringMatching(/--redaction.*none\.mjs/),
    'tickcast check: --doors x is not there; npm i @tickcast/x',
    expect.stringContaining('model sentiment@9: model.json is not JSON'),
    expect.stringContaining(`port ${port} on 127.0.0.1 is in use`),
  ]);
  expect(stdout).toContain('model: sentiment@2 on tfjs-wasm');
  expect(stdout).toMatch(/^warning: left out: .*flat: it holds a model, but no version folders/m);

  const good = await tickcast(['check', ...engine, '--port', '0']);
  expect(good).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/nothing keeps a hub from starting\n$/),
  });
});

test('the doctor examines the install; native says what it needs', async () => {
  const { code, stdout } = await tickcast(['doctor', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).engines).toContainEqual(expect.objectContaining({ name: 'wasm', available: true }));
  expect(JSON.parse(stdout).floors).toContainEqual(expect.objectContaining({ name: 'ws', ok: true }));

  // Neither Python nor a compiler.
  const bare = join(folder, 'bare');
  await mkdir(bare);
  await symlink(process.execPath, join(bare, 'node'));
  const bin = join(folder, 'node_modules/tickcast/dist/cli/main.js');
  const native = await run(process.execPath, [bin, 'native'], { cwd: folder, env: { PATH: bare } }).then(
    () => 'it works',
    ({ stderr, code: failed }: { stderr: string; code: number }) => `${failed} ${stderr}`,
  );
  expect(native).toMatch(/^(it works|1 The native TensorFlow engine is not there: .*(is|are) missing; .*\n)$/);
});

test('what a verb needs and is not installed is one line with the remedy', async () => {
  const place = join(folder, 'node_modules/socket.io-client');
  await rename(place, `${place}.away`);
  onTestFinished(() => rename(`${place}.away`, place));

  expect(await tickcast(['predict', 'hello'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'tickcast predict: the package socket.io-client is not installed; npm i socket.io-client\n',
  });
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
    '1 tickcast: model mine@1: runtime "missing" is not known here; known are tfjs-layers, tfjs-graph, saved-model; npm i @tickcast/missing\n',
  );
  await writeFile(join(folder, 'net.onnx'), '');
  expect(await told(['--model', join(folder, 'net.onnx')])).toBe(
    '1 tickcast: model net@1: runtime "onnx" is not known here; known are tfjs-layers, tfjs-graph, saved-model; npm i @tickcast/onnx\n',
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
