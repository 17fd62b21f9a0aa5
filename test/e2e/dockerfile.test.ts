import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../bench/harness/free-port.js';
import { type Container, predict, rightsOf, whenReady } from '../support/container.js';
import { drainMs, optionsOf } from '../support/deployment.js';
import { isLong } from '../support/long-form.js';
import { readManifests, theOnly } from '../support/manifests.js';
import { ReadOnlyRoot } from '../support/read-only-root.js';
import { until, within } from '../support/until.js';
import { type Image, readIgnored, readInstructions, replay } from './dockerfile-replay.js';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');

/**
 * The user "nobody" of Linux, which is not root and does not own the image's files. Only root can become another user.
 */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

let folder: string;
let image: Image;
let app: string;
/** A folder for PATH with only node in it. */
let onlyNode: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-image-'));
  await chmod(folder, 0o755);
  onlyNode = join(folder, 'bin');
  await mkdir(onlyNode);
  // A copy: another user may have no access to where this node is installed.
  await copyFile(process.execPath, join(onlyNode, 'node'));
  const outer = Object.entries(process.env).filter(
    // The environment set by npm and by the test runner.
    ([name]) => !/^(?:npm_package_|npm_lifecycle_|npm_config_local_prefix$|NODE_ENV$|VITEST|TICKCAST_)/.test(name),
  );
  image = await replay({
    dockerfile,
    context: root,
    into: folder,
    runEnv: {
      ...Object.fromEntries(outer),
      npm_config_prefer_offline: 'true',
      // The native library is some 600 MB from a storage host. Without it, the image is as it would be if that host
      // cannot be reached.
      npm_config_ignore_scripts: 'true',
    },
    // Word for word what made this repository's node_modules in CI: not done again in the short form.
    outcomeOf: (command) =>
      !isLong && command === 'npm ci --ignore-scripts --no-audit --no-fund' ? join(root, 'node_modules') : undefined,
  });
  app = join(image.folder, image.workdir);
  // Like Docker's --read-only, for a user who owns the files here.
  await run('chmod', ['-R', 'a-w,a+rX', image.folder]);
}, 600_000);

afterAll(async () => {
  if (image !== undefined) await run('chmod', ['-R', 'u+w', image.folder]);
  await rm(folder, { recursive: true, force: true });
});

/** Starts the entry point as the README's `docker run` would: only its environment, not root, no compiler. */
async function start(): Promise<Container> {
  const env = { ...image.env, PATH: onlyNode, HOME: '/nonexistent', TICKCAST_PORT: String(await freePort()) };
  const [command = '', ...args] = image.entrypoint;
  const child = spawn(command, [...args, '--open'], { cwd: app, env, stdio: ['ignore', 'pipe', 'pipe'], ...asNobody });
  return whenReady(child, env);
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
    const answer = await predict(hub);

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

test('as deploy/kubernetes runs it, the hub is a user without rights on a read-only root, answers, and drains on SIGTERM', async ({
  skip,
}) => {
  const manifests = await readManifests();
  const pod = theOnly(manifests, 'Deployment').spec?.template.spec;
  const container = pod?.containers[0];
  const { runAsUser: uid = 0, runAsGroup: gid = 0 } = pod?.securityContext ?? {};
  const mounts = (container?.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => {
    return { source: join(folder, 'volumes', name), target: mountPath, writable: readOnly !== true };
  });
  for (const { source } of mounts) {
    await mkdir(source, { recursive: true });
    if ('uid' in asNobody) await chown(source, 0, gid);
    await chmod(source, 0o770);
  }
  const node = { source: onlyNode, target: '/opt/node', writable: false };
  const root = await ReadOnlyRoot.make({ folder: image.folder, mounts: [...mounts, node], uid, gid });
  if (root === undefined) {
    const problem = 'this user may not make a mount namespace: the read-only root is not tried';
    // In CI nothing may be skipped.
    expect(process.env.CI, problem).toBeFalsy();
    skip(problem);
    return;
  }
  const env = {
    ...image.env,
    ...Object.fromEntries((container?.env ?? []).map(({ name, value = '' }) => [name, value])),
    PATH: node.target,
    TICKCAST_PORT: String(await freePort()),
    TICKCAST_ADMIN_PORT: String(await freePort()),
    TICKCAST_DRAIN_DELAY_MS: '1000',
    TICKCAST_PREDICTION_LOG: 'all',
  };
  const example = theOnly(manifests, 'Secret').stringData?.['tokens.json'] ?? '';
  const writeTokens = async (text: string): Promise<void> => {
    const path = join(folder, 'volumes/tokens/tokens.json');
    await writeFile(path, text, { mode: 0o440 });
    if ('uid' in asNobody) await chown(path, 0, gid);
  };
  await writeTokens(example);
  // The unmodified example must open no hub.
  await expect(whenReady(root.spawn(image.entrypoint, image.workdir, env), env)).rejects.toThrow(
    '"keys[0].token": is still the placeholder',
  );
  const tokens = example.replace(/put here[^"]*/g, () => randomBytes(32).toString('hex'));
  await writeTokens(tokens);
  const [{ token }] = JSON.parse(tokens).keys;
  const hub = await whenReady(root.spawn(image.entrypoint, image.workdir, env), env);
  const ended = once(hub.process, 'close');
  try {
    const { uids, capabilities, writable } = await rightsOf(hub.process);

    expect(uids).toEqual(Array.from({ length: 4 }, () => String(uid)));
    expect(Number.parseInt(capabilities, 16)).toBe(0);
    expect(writable.filter((path) => !/^\/(?:proc|dev)(?:\/|$)/.test(path))).toEqual(['/var/log/tickcast']);
    expect((await predict(hub, token)).status).toBe(200);
    hub.process.kill('SIGTERM');
    await until('/readyz says that it drains', async () => (await fetch(`${hub.url}/readyz`)).status === 503);
    // Connected clients, and those that still get here, are served until the delay is over.
    expect((await predict(hub, token)).status).toBe(200);
    await within('the hub ends', ended, drainMs(optionsOf(env)) + 30_000);
  } finally {
    hub.process.kill('SIGKILL');
  }

  expect(hub.process.exitCode).toBe(0);
  expect(hub.output()).toMatch(/"accepted":2,"settled":2,.*"drained"/);
  expect(await readdir(join(folder, 'volumes/prediction-log'))).not.toEqual([]);
});

test('the doctor runs in the image and finds the wasm engine', async () => {
  const { stdout } = await run(join(onlyNode, 'node'), ['dist/cli/main.js', 'doctor', '--json'], {
    cwd: app,
    env: { ...image.env, PATH: onlyNode, HOME: '/nonexistent' },
    timeout: 120_000,
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
  expect((await readdir(join(app, 'dist'))).sort()).toEqual([
    'cli',
    'client',
    'command-line',
    'server',
    'shared',
    'tfjs-layer',
    'web',
  ]);
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
    user: '1000:1000',
    port: '3000',
    env: {
      NODE_ENV: 'production',
      TICKCAST_HOST: '0.0.0.0',
      TICKCAST_PORT: '3000',
      TICKCAST_PREDICTION_LOG_FOLDER: '/var/log/tickcast',
    },
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
    'server/engine/thread/worker.ts',
  ]) {
    expect([path, ignored(path)]).toEqual([path, false]);
  }
  expect(sent.filter((name) => !new RegExp(`COPY .*${name.replaceAll('.', '\\.')}`).test(dockerfile))).toEqual([]);
});

/** Every file of the image with its size and modification time. */
async function snapshot(): Promise<readonly string[]> {
  const files = await filesBelow(image.folder);
  const lines = files.map(async (path) => {
    const { size, mtimeMs } = await lstat(path);
    return `${path} ${size} ${mtimeMs}`;
  });
  return (await Promise.all(lines)).sort();
}
