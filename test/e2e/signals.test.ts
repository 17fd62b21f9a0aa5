/** How signals affect a hub: at its start, while it serves, while it drains. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startTestProcess } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until, within } from '../support/until.js';

const main = new URL('../../dist/server/main.js', import.meta.url).pathname;
const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

test.each(END_SIGNALS)('%s drains: what was accepted is answered, exit code 0', async (signal) => {
  const hub = await startTestProcess({ models: writeLinear, config: { drainDelayMs: 300 } });
  const exited = once(hub.child, 'exit');
  hub.child.kill(signal);
  await until('it drains', () => hub.log.some(({ msg }) => msg === 'draining'));
  const answer = await fetch(`${hub.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"input":[1]}',
  });
  expect(answer.status).toBe(200);
  expect(await exited).toEqual([0, null]);
  expect(hub.log.at(-1)).toMatchObject({ msg: 'drained', accepted: 1, settled: 1, abandoned: 0 });
});

test.each(END_SIGNALS)('%s during a drain ends at once, with exit code 1', async (signal) => {
  const hub = await startTestProcess({ models: writeLinear, config: { drainDelayMs: 60_000 } });
  const exited = once(hub.child, 'exit');
  hub.child.kill('SIGTERM');
  await until('it drains', () => hub.log.some(({ msg }) => msg === 'draining'));
  await delay(150);
  hub.child.kill(signal);
  expect(await within('it ends', exited)).toEqual([1, null]);
});

test('a signal that is repeated at once, as npm and timeout do, drains', async () => {
  const hub = await startTestProcess({ models: writeLinear, config: { drainDelayMs: 300 } });
  const exited = once(hub.child, 'exit');
  hub.child.kill('SIGINT');
  hub.child.kill('SIGTERM');
  await until('it drains', () => hub.log.some(({ msg }) => msg === 'draining'));
  expect(await exited).toEqual([0, null]);
  expect(hub.log.at(-1)).toMatchObject({ msg: 'drained' });
});

/** Far from all are loaded when the signal is sent, however late that is. */
const MODELS = 200;

test.each(END_SIGNALS)('%s during the start ends it at once, with exit code 0', async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-start-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (let i = 0; i < MODELS; i++) {
    const version = join(folder, `model-${i}`, '1');
    await mkdir(version, { recursive: true });
    await writeLinear(version);
  }
  const child = spawn(process.execPath, [main, '--model', folder, '--port', '0', '--engine', 'wasm']);
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const closed = once(child, 'close');
  await until('the first model is there', () => log.includes('model ready'), 60_000);
  child.kill(signal);
  expect(await within('it ends', closed)).toEqual([0, null]);
  const messages = log
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
  expect(messages.filter((msg) => msg === 'model ready').length).toBeLessThan(MODELS);
  expect(messages).not.toContain('listening');
  expect(messages).toContain('ended before the start was over');
});

/** A port chosen by the system, so that nothing else on this machine interferes. */
const INSPECTOR = '--inspect-port=127.0.0.1:0';

test('SIGUSR1 opens no inspector: not during the start, and not while it serves', async () => {
  const early = spawn(process.execPath, [INSPECTOR, main, '--port', '0', '--engine', 'wasm']);
  let told = '';
  early.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  let log = '';
  early.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const exited = once(early, 'exit');
  await until('a model is there', () => log.includes('model ready'), 60_000);
  early.kill('SIGUSR1');
  await until('it listens', () => log.includes('listening'), 60_000);
  early.kill('SIGUSR1');
  const { url } = JSON.parse(log.split('\n').find((line) => line.includes('listening')) ?? '') as { url: string };
  for (let i = 0; i < 20; i++) expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await delay(200);
  early.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(told).not.toContain('ebugger');
});

test.each([[['--inspect=127.0.0.1:0'], {}] as const, [[], { NODE_OPTIONS: '--inspect=127.0.0.1:0' }] as const])(
  'a hub that was started for the inspector has it: %j %j',
  async (flags, env) => {
    const child = spawn(process.execPath, [...flags, main, '--port', '0', '--engine', 'wasm'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
    await until('it listens', () => log.includes('listening'), 60_000);
    child.kill('SIGUSR1');
    const { url } = JSON.parse(log.split('\n').find((line) => line.includes('listening')) ?? '') as { url: string };
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(told).toContain('Debugger listening');
  },
);
