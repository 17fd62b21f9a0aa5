import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../bench/harness/free-port.js';
import { writeLinear } from '../support/tiny-models.js';
import { KEYS, OPERATOR, WEB } from '../support/tokens.js';
import { until } from '../support/until.js';

const main = new URL('../../dist/server/main.js', import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-access-'));
  await writeLinear(join(folder, 'model'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  /** Undefined: it exited before it listened. */
  readonly url: string | undefined;
  readonly out: () => string;
  readonly err: () => string;
  end(): Promise<number | null>;
}

async function start(...args: string[]): Promise<Run> {
  const options = ['--engine', 'wasm', '--model', join(folder, 'model'), '--port', '0'];
  const child = spawn(process.execPath, [main, ...options, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.err += chunk;
  });
  const urlOf = (): string | undefined => /"url":"([^"]+)"/.exec(text.out)?.[1];
  await until('it listens, or has ended', () => urlOf() !== undefined || child.exitCode !== null, 60_000);
  const end = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    await closed;
    return child.exitCode;
  };
  if (urlOf() === undefined) await closed;
  return { url: urlOf(), out: () => text.out, err: () => text.err, end };
}

async function statusOf(url: string | undefined, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(`${url}/models`, { headers })).status;
}

test('on loopback a hub is open, and says nothing of tokens', async () => {
  const hub = await start();

  expect(await statusOf(hub.url)).toBe(200);
  expect(await hub.end()).toBe(0);
  expect(hub.err()).toBe('');
});

test('elsewhere it makes a token for the run and shows the page’s address, never in a log line', async () => {
  const [hub, other] = await Promise.all([start('--host', '0.0.0.0'), start('--host', '0.0.0.0')]);
  await until('it invites', () => hub.err().includes('#token=') && other.err().includes('#token='));
  const token = /http:\/\/localhost:\d+\/#token=([\w-]{32})\n/.exec(hub.err())?.[1] ?? '';

  expect([await statusOf(hub.url), await statusOf(hub.url, token), await statusOf(other.url, token)]).toEqual([
    401, 200, 401,
  ]);
  expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
  expect(await Promise.all([hub.end(), other.end()])).toEqual([0, 0]);
  expect(hub.out()).not.toContain(token);
  expect(hub.out()).not.toContain('token=');
});

test('--open lets everybody in, with one warning', async () => {
  const hub = await start('--host', '0.0.0.0', '--open');

  expect(await statusOf(hub.url)).toBe(200);
  expect(await hub.end()).toBe(0);
  expect(hub.err()).toBe('');
  expect(hub.out().match(/"level":"warn"[^\n]*everybody/g)).toHaveLength(1);
});

test('the operators’ port asks for the scope admin, unless metrics are open; probes do not', async () => {
  const path = join(folder, 'operators.json');
  await writeFile(path, JSON.stringify({ keys: KEYS }), { mode: 0o600 });
  const statuses: Record<string, number[]> = {};
  for (const flags of [[], ['--open-metrics']]) {
    const port = await freePort();
    const hub = await start('--token-file', path, '--admin-port', String(port), ...flags);
    const get = async (route: string, token?: string): Promise<number> => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(`http://127.0.0.1:${port}${route}`, { headers })).status;
    };
    statuses[flags.join()] = [
      await get('/metrics'),
      await get('/metrics', WEB),
      await get('/metrics', OPERATOR),
      await get('/healthz'),
      await get('/readyz'),
    ];
    await hub.end();
  }

  expect(statuses).toEqual({ '': [401, 403, 200, 200, 200], '--open-metrics': [200, 200, 200, 200, 200] });
});

test('a hub on loopback with an operators’ port elsewhere makes a token too', async () => {
  const port = await freePort();
  const hub = await start('--admin-host', '0.0.0.0', '--admin-port', String(port));

  expect([await statusOf(hub.url), (await fetch(`http://127.0.0.1:${port}/metrics`)).status]).toEqual([401, 401]);
  await hub.end();
});

const GOOD = JSON.stringify({ keys: KEYS });

test.each<[string, string | undefined, number, RegExp]>([
  ['missing', undefined, 0, /tokens\.json is missing/],
  ['empty', '', 0o600, /it is empty/],
  ['malformed', GOOD.slice(0, -2), 0o600, /it is not JSON/],
  ['readable by everybody', GOOD, 0o644, /mode 0644\).*chmod 600/],
  ['readable by its group', GOOD, 0o640, /mode 0640\).*chmod 600/],
  ['with placeholders', '{"keys":[{"name":"a","token":"put here: x","scopes":["predict"]}]}', 0o600, /placeholder/],
])('a token file that is %s stops the start, in one line', async (_title, text, mode, message) => {
  const path = join(folder, 'tokens.json');
  await rm(path, { force: true });
  if (text !== undefined) {
    await writeFile(path, text);
    await chmod(path, mode);
  }
  const hub = await start('--token-file', path);

  expect(hub.url).toBeUndefined();
  expect(hub.err()).toMatch(message);
  expect(hub.err()).toMatch(/^tickcast: --token-file: [^\n]+\n$/);
  for (const { token } of KEYS) expect(hub.err()).not.toContain(token);
});
