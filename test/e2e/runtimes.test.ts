/** The packed SDK in an empty folder, run by Node, Bun and Deno: one program, and what it sees is the same. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../bench/harness/free-port.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { findRuntime, RUNTIMES, type RuntimeFound } from '../support/runtimes.js';
import { writeLinear } from '../support/tiny-models.js';
import { until, within } from '../support/until.js';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const PROGRAM_MS = 120_000;

let folder: string;
let hub: TestProcess;
let proxy: CuttingProxy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-runtimes-'));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: join(root, 'client') });
  const [tarball] = await readdir(folder);
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', `./${tarball}`, '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder });
  await copyFile(join(root, 'test/fixtures/sdk-program.mjs'), join(folder, 'program.mjs'));
  hub = await startTestProcess({
    models: async (models) => {
      await writeLinear(join(models, 'linear/1'));
      await cp(join(root, 'model/sentiment'), join(models, 'sentiment'), { recursive: true });
    },
    config: { defaultModel: 'sentiment' },
  });
  proxy = await CuttingProxy.open(Number(new URL(hub.url).port));
}, 600_000);

afterAll(async () => {
  await proxy?.close();
  await hub?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A client that polls may have no connection at the moment, between two requests. */
async function cutOnce(): Promise<void> {
  await until('there is a connection', () => proxy.size > 0);
  proxy.cut();
}

/** What the program printed last, when it has ended by itself. */
async function see(command: readonly string[]): Promise<unknown> {
  const [program = '', ...flags] = command;
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(program, [...flags, 'program.mjs', proxy.url, nobody], {
    cwd: folder,
    env: { ...process.env, DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (line === 'cut') void cutOnce();
  });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  try {
    const [code] = await within('the program ends', once(child, 'close'), PROGRAM_MS);
    expect([code, complaints]).toEqual([0, '']);
  } catch (cause) {
    throw new Error(`${cause}; it printed ${lines.join('\n')} ${complaints}`, { cause });
  } finally {
    child.kill('SIGKILL');
  }
  return JSON.parse(lines.at(-1) ?? '');
}

const OVER = {
  label: 'positive',
  hasReceipt: true,
  floats: [[3], [5]],
  bytes: [[7]],
  many: [[[9]], [[11], [13]]],
  refused: ['TOO_LARGE', true, true, true, true],
  aborted: ['CANCELLED', 'enough'],
  mistake: [true, false, 'predict: modle is no option; did you mean model?'],
  again: [[15]],
  hasPing: true,
  states: ['connected', 'reconnecting', 'connected', 'closed'],
};
const REFUSED = expect.stringMatching(/^not connected to http:\S+: no answer \(ECONNREFUSED\): is there a hub/);
const SEEN = {
  websocket: { ...OVER, items: ['positive: what a lovely day'] },
  polling: { ...OVER, items: ['positive: what a lovely day'] },
  nobody: [
    [1, REFUSED, 'CANCELLED'],
    [1, REFUSED, 'CANCELLED'],
  ],
  http: {
    label: 'negative',
    scores: 3,
    refused: 'MODEL_NOT_FOUND',
    absent: ['INTERNAL', expect.stringMatching(/^the hub at http:\S+ cannot be reached: no answer \(/)],
  },
  fake: 'OVERLOADED',
  twoCopies: true,
};

test('Node: predicts, streams, reconnects, fails as documented, and ends', async () => {
  expect(await see([process.execPath])).toEqual(SEEN);
});

/** The flags that client/README.md names. */
const FLAGS = { bun: ['run'], deno: ['run', '--no-prompt', '--allow-net=127.0.0.1', '--allow-env'] } as const;

test.for(['bun', 'deno'] as const)('%s does the same', async (name, { skip }) => {
  const found: RuntimeFound = await findRuntime(name);
  if (!found.ok) {
    // In CI nothing may be skipped.
    expect(process.env.CI, found.problem).toBeFalsy();
    console.warn(`skipped: ${found.problem}`);
    skip(found.problem);
    return;
  }
  expect(await see([found.program, ...FLAGS[name]])).toEqual(SEEN);
});

test('the documentation names the versions that are tried here', async () => {
  for (const file of ['client/README.md', 'docs/clients.md']) {
    const text = await readFile(join(root, file), 'utf8');
    for (const version of Object.values(RUNTIMES)) expect(text, file).toContain(version);
  }
});
