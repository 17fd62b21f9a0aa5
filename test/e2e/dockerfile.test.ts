import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Image, readIgnored, readInstructions, replay } from './dockerfile-replay.js';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');

/** The user "nobody" of Linux: neither owns the image's files nor is it root. Only root can become another user. */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

let folder: string;
let image: Image;
let app: string;
/** A folder for PATH with node in it and nothing else. */
let onlyNode: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-image-'));
  await chmod(folder, 0o755);
  onlyNode = join(folder, 'bin');
  await mkdir(onlyNode);
  // A copy: where this node is installed another user may not be let in.
  await copyFile(process.execPath, join(onlyNode, 'node'));
  const outer = Object.entries(process.env).filter(
    // What the npm that runs this test says of itself, and the test runner of its environment.
    ([name]) => !/^(?:npm_package_|npm_lifecycle_|npm_config_local_prefix$|NODE_ENV$|VITEST|TICKCAST_)/.test(name),
  );
  image = await replay({
    dockerfile,
    context: root,
    into: folder,
    runEnv: {
      ...Object.fromEntries(outer),
      npm_config_prefer_offline: 'true',
      // The native library is some 600 MB from a storage host. Without it the image is what it is where that host cannot be reached.
      npm_config_ignore_scripts: 'true',
    },
  });
  app = join(image.folder, image.workdir);
  // Docker's --read-only; for a user who owns the files here.
  await run('chmod', ['-R', 'a-w,a+rX', image.folder]);
}, 90_000);

afterAll(async () => {
  if (image !== undefined) await run('chmod', ['-R', 'u+w', image.folder]);
  await rm(folder, { recursive: true, force: true });
});

interface Container {
  readonly process: ChildProcess;
  readonly url: string;
  readonly env: Record<string, string>;
  output(): string;
}

/** Starts the entry point as a container would: its environment and nothing else, not root, no compiler to be found. */
async function start(): Promise<Container> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  probe.close();
  const env = { ...image.env, PATH: onlyNode, HOME: '/nonexistent', TICKCAST_PORT: String(port) };
  const [command = '', ...args] = image.entrypoint;
  const child = spawn(command, args, { cwd: app, env, stdio: ['ignore', 'pipe', 'pipe'], ...asNobody });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`the hub ended: ${output}`);
    await new Promise((next) => setTimeout(next, 50));
  }
  return { process: child, url, env, output: () => output };
}

/** Exit code of a command in the image's environment. */
async function exitCode(words: readonly string[], env: Record<string, string>): Promise<number> {
  const [command = '', ...args] = words;
  const child = spawn(command, args, { cwd: app, env, stdio: 'ignore', ...asNobody });
  await once(child, 'close');
  return child.exitCode ?? -1;
}

async function filesBelow(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

test('the image runs the hub: probes, a prediction, the health check, and a drain with exit code 0 on SIGTERM', async () => {
  if (!('uid' in asNobody)) console.log('not root: the hub runs as this user, not as another one');
  const before = await snapshot();
  const hub = await start();
  try {
    const health = await fetch(`${hub.url}/healthz`);
    const answer = await fetch(`${hub.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'I love this, what a wonderful day!' }),
    });

    expect(health.status).toBe(200);
    expect(await answer.json()).toMatchObject({ model: 'sentiment@2', label: 'positive' });
    expect(await exitCode(image.healthCheck, hub.env)).toBe(0);
  } finally {
    hub.process.kill('SIGTERM');
  }
  if (hub.process.exitCode === null) await once(hub.process, 'close');

  expect(hub.process.exitCode).toBe(0);
  expect(hub.output()).toMatch(/"accepted":1,"settled":1,.*"drained"/);
  expect(await exitCode(image.healthCheck, hub.env)).toBe(1);
  expect(await snapshot()).toEqual(before);
});

test('the doctor runs in the image and finds the wasm engine', async () => {
  const { stdout } = await run(join(onlyNode, 'node'), ['dist/scripts/doctor.js', '--json'], {
    cwd: app,
    env: { ...image.env, PATH: onlyNode, HOME: '/nonexistent' },
    timeout: 60_000,
    ...asNobody,
  });

  expect(JSON.parse(stdout).engines).toContainEqual(expect.objectContaining({ name: 'wasm', available: true }));
});

test('the image has what the hub needs at run time and nothing else', async () => {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const development = Object.entries<{ dev?: boolean }>(lock.packages)
    .filter(([path, { dev }]) => path.startsWith('node_modules/') && dev === true)
    .map(([path]) => path);
  const own = (await filesBelow(app)).map((path) => path.slice(app.length + 1));

  expect(development).toEqual(expect.arrayContaining(['node_modules/typescript', 'node_modules/vitest']));
  expect(development.filter((path) => existsSync(join(app, path)))).toEqual([]);
  expect((await readdir(app)).sort()).toEqual(['LICENSE', 'dist', 'model', 'node_modules', 'package.json']);
  expect((await readdir(join(app, 'dist'))).sort()).toEqual(['layer', 'scripts', 'server', 'shared', 'web']);
  expect(own.filter((path) => /^model\/(train|evaluate)\//.test(path))).toEqual([]);
  expect(own.filter((path) => !path.startsWith('node_modules/') && path.endsWith('.ts'))).toEqual([]);
  expect(own.filter((path) => path.startsWith('node_modules/') && path.endsWith('.map'))).toEqual([]);
  // A link into the repository would dangle.
  expect(existsSync(join(app, 'node_modules/@tickcast'))).toBe(false);
});

test('every stage starts from the same slim image with glibc, and no stage installs a compiler', () => {
  const instructions = readInstructions(dockerfile);
  const bases = instructions.filter(({ word }) => word === 'FROM').map(({ rest }) => rest.split(' ')[0]);

  expect(new Set(bases)).toEqual(new Set(['node:24-bookworm-slim']));
  expect(dockerfile).not.toMatch(/apt-get|apk |g\+\+|build-essential/);
});

test('the container is not root, listens on every interface at the port it exposes, and is checked', () => {
  expect(image).toMatchObject({
    user: 'node',
    port: '3000',
    env: { NODE_ENV: 'production', TICKCAST_HOST: '0.0.0.0', TICKCAST_PORT: '3000' },
    entrypoint: ['node', 'dist/server/main.js'],
  });
  expect(image.healthCheck[0]).toBe('node');
});

test('the context that docker is sent leaves out everything the Dockerfile does not copy', async () => {
  const ignored = readIgnored(await readFile(join(root, '.dockerignore'), 'utf8'));
  const sent = (await readdir(root)).filter((name) => !ignored(name));

  for (const path of [
    '.git/config',
    'node_modules/x/index.js',
    '.cache/native/a.whl',
    '.env',
    'test/a.ts',
    'demo/main.ts',
  ]) {
    expect([path, ignored(path)]).toEqual([path, true]);
  }
  for (const path of ['model/train/main.ts', 'client/dist/index.js', 'dist/server/main.js', 'server/a.log']) {
    expect([path, ignored(path)]).toEqual([path, true]);
  }
  for (const path of [
    'model/sentiment/2/weights.bin',
    'client/package.json',
    'client/index.ts',
    'dashboard/main.ts',
    'server/engine/worker.ts',
  ]) {
    expect([path, ignored(path)]).toEqual([path, false]);
  }
  expect(sent.filter((name) => !new RegExp(`COPY .*${name.replaceAll('.', '\\.')}`).test(dockerfile))).toEqual([]);
});

/** Every file of the image with its size and time of change. */
async function snapshot(): Promise<readonly string[]> {
  const files = await filesBelow(image.folder);
  const lines = files.map(async (path) => {
    const { size, mtimeMs } = await lstat(path);
    return `${path} ${size} ${mtimeMs}`;
  });
  return (await Promise.all(lines)).sort();
}
