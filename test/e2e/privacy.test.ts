/** What is stored of what people sent, and that it is gone after it was erased: a search of every file and answer. */

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Config } from '../../dist/server/config/config.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { until } from '../support/until.js';

const root = join(import.meta.dirname, '../..');
const logMain = join(root, 'dist/cli/main.js');
const TOKEN = 'admin-'.padEnd(40, 'a');
const SECRET = 'pelican-4711';

let folder: string;
let hub: TestProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-privacy-'));
});

afterEach(async () => {
  await hub?.close();
  hub = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(config: Partial<Config> = {}): Promise<TestProcess> {
  const tokenFile = join(folder, 'tokens.json');
  const scopes = ['predict', 'publish', 'subscribe', 'admin'];
  await writeFile(tokenFile, JSON.stringify({ keys: [{ name: 'all', token: TOKEN, scopes }] }), { mode: 0o600 });
  const log = { predictionLog: 'all', predictionLogFolder: join(folder, 'log'), logLevel: 'trace' } as const;
  hub = await startTestProcess({ models: async () => join(root, 'model'), config: { tokenFile, ...log, ...config } });
  return hub;
}

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: string }> {
  const form = init.body === undefined ? {} : { 'content-type': 'application/json' };
  const headers = { authorization: `Bearer ${TOKEN}`, ...form };
  const answer = await fetch(`${hub?.url}${path}`, { ...init, headers });
  return { status: answer.status, body: await answer.text() };
}

async function predict(body: object): Promise<void> {
  const { status } = await ask('/predict', { method: 'POST', body: JSON.stringify({ stream: 'talk', ...body }) });
  expect(status).toBe(200);
}

function cli(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [logMain, 'log', ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

async function logText(): Promise<string> {
  const names = await readdir(join(folder, 'log'));
  return (await Promise.all(names.map((name) => readFile(join(folder, 'log', name), 'utf8')))).join('');
}

/** Everything that the hub answers about what it was sent, and its own log. */
async function everything(): Promise<string> {
  const paths = ['/', '/models', '/streams', '/streams/talk/windows', '/metrics', '/readyz'];
  const answers = await Promise.all(paths.map(async (path) => (await ask(path)).body));
  const socket = io(hub?.url ?? '', { auth: { token: TOKEN }, transports: ['websocket'], forceNew: true });
  const seen: unknown[] = [];
  socket.onAny((...event: unknown[]) => seen.push(event));
  for (const mode of ['all', 'sample', 'aggregate']) {
    seen.push(await socket.emitWithAck('subscribe', { stream: 'talk', mode, history: 100 }));
    seen.push(await socket.emitWithAck('echo'));
    await socket.emitWithAck('unsubscribe', { stream: 'talk' });
  }
  socket.close();
  return JSON.stringify({ answers, seen, log: hub?.log });
}

test('erasing a subject and the stream leaves nothing of the text, while the hub runs and goes on to log', async () => {
  await start();
  await predict({ input: `${SECRET} is lovely`, subject: 'ann' });
  await predict({ input: 'the weather is fine', subject: 'bob' });
  await predict({ input: `${SECRET} again`, subject: 'ann' });
  await until('it is logged', async () => (await logText()).split('\n').length >= 4);
  expect(await logText()).toContain(SECRET);
  expect(await logText()).not.toContain('"ann"');
  expect(await everything()).toContain(SECRET);

  const dry = await cli('erase', join(folder, 'log'), '--subject', 'ann', '--dry-run');
  expect(dry.stdout).toBe('would erase 2 of 3 lines in 1 files\n');
  expect(await logText()).toContain(SECRET);
  const erased = await cli('erase', join(folder, 'log'), '--subject', 'ann');
  expect(erased).toMatchObject({ code: 0, stdout: expect.stringContaining('erased 2 of 3 lines in 1 files') });
  expect((await ask('/streams/talk', { method: 'DELETE' })).status).toBe(200);
  expect((await ask('/streams/talk', { method: 'DELETE' })).status).toBe(404);

  expect(await logText()).not.toContain(SECRET);
  expect(await everything()).not.toContain(SECRET);
  await predict({ input: 'it goes on', subject: 'bob' });
  await until('it goes on to log', async () => (await logText()).includes('it goes on'));
  const { stdout, stderr } = await cli(join(folder, 'log'));
  expect([stdout.trim().split('\n').length, stderr]).toEqual([2, '']);
});

test('erase says what it lacks, and erases by age too', async () => {
  expect(await cli('erase', folder)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('give --subject, --before'),
  });
  const file = join(folder, 'predictions-20261125T200000000Z-11-000001.jsonl');
  const line = (time: string): string => `${JSON.stringify({ v: 1, time, model: 'm@1', input: 'x' })}\n`;
  await writeFile(file, line('2020-01-01T00:00:00.000Z') + line(new Date().toISOString()));
  expect((await cli('erase', folder, '--before', '30d')).stdout).toContain('erased 1 of 2 lines');
  expect(await readFile(file, 'utf8')).not.toContain('2020');
});

test('retention by age: after it, no file and no answer has the text', async () => {
  await start({ predictionLogKeepMs: 2000, maxStreamAgeMs: 2000 });
  await predict({ input: `${SECRET} is lovely` });
  await until('it is logged', async () => (await logText()).includes(SECRET));
  await until('it is gone', async () => !(await logText()).includes(SECRET), 30_000);
  await until('from the stream too', async () => !(await everything()).includes(SECRET), 30_000);
});

test('--text-in-streams off and --redaction: nobody but the model gets the text', async () => {
  const module = join(folder, 'redact.mjs');
  await writeFile(module, `export const redact = (text) => text.replaceAll(/pelican-\\d+/g, '[name]');\n`);
  await start({ redaction: module, textInStreams: 'full' });
  await predict({ input: `${SECRET} is lovely` });
  await until('it is logged', async () => (await logText()).includes('[name] is lovely'));
  const said = await everything();
  expect(said).toContain('[name] is lovely');
  expect(said + (await logText())).not.toContain(SECRET);
  await hub?.close();

  await start({ textInStreams: 'off', predictionLogInput: 'none' });
  await predict({ input: `${SECRET} is lovely` });
  const answers = await everything();
  expect(answers).toContain('"score"');
  expect(answers).not.toContain('lovely');
  expect(answers + (await logText())).not.toContain('pelican');
});

test.each([
  ['nothing.mjs', undefined, /--redaction: .*cannot be loaded/],
  ['empty.mjs', 'export const x = 1;', /exports no function "redact"/],
  ['async.mjs', 'export default async (text) => text;', /returned a promise; it must answer at once/],
  ['throws.mjs', 'export default () => { throw new Error("broken"); };', /failed on a text: broken/],
])('a redaction that is none stops the start: %s', async (name, code, said) => {
  if (code !== undefined) await writeFile(join(folder, name), code);
  const main = join(root, 'dist/server/main.js');
  const args = [
    main,
    '--engine',
    'wasm',
    '--port',
    '0',
    '--model',
    join(root, 'model'),
    '--redaction',
    join(folder, name),
  ];
  const { code: exit, stderr } = await new Promise<{ code: number; stderr: string }>((resolve) => {
    execFile(process.execPath, args, (error, _stdout, out) => resolve({ code: Number(error?.code ?? 0), stderr: out }));
  });
  expect(exit).toBe(1);
  expect(stderr).toMatch(said);
});
