import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTokenFile, TokenWatch } from '../../../server/access/token-watch.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

let folder: string;
let path: string;
let told: string[];

const text = (...names: string[]): string =>
  JSON.stringify({ keys: names.map((name) => ({ name, token: name.repeat(32), scopes: ['predict'] })) });
const write = (where: string, content: string, mode = 0o600): Promise<void> => writeFile(where, content, { mode });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-tokens-'));
  path = join(folder, 'tokens.json');
  told = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function start(clock = new ManualClock()): Promise<TokenWatch> {
  const read = await readTokenFile(path);
  if (!read.ok) throw new Error(read.problem);
  return new TokenWatch({
    path,
    mark: read.mark,
    clock,
    changed: ({ keys }) => told.push(keys.map(({ name }) => name).join()),
    refused: (problem) => told.push(problem.replaceAll(folder, '')),
  });
}

test('takes an edit and a file that was put in the place, once each', async () => {
  await write(path, text('a'));
  const watch = await start();
  await watch.check();
  expect(told).toEqual([]);

  await write(path, text('b'));
  await watch.check();
  await watch.check();
  await write(`${path}.new`, text('c'));
  await rename(`${path}.new`, path);
  await watch.check();

  expect(told).toEqual(['b', 'c']);
});

test('takes a link that leads elsewhere, as Kubernetes updates a secret', async () => {
  for (const [version, name] of [
    ['..1', 'a'],
    ['..2', 'b'],
  ] as const) {
    await mkdir(join(folder, version));
    await write(join(folder, version, 'tokens.json'), text(name));
  }
  await symlink('..1', join(folder, '..data'));
  await symlink('..data/tokens.json', path);
  const watch = await start();

  await symlink('..2', join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  await watch.check();

  expect(told).toEqual(['b']);
});

test('refuses what is no token file once, and takes the next that is', async () => {
  await write(path, text('a'));
  const watch = await start();

  await write(path, '{ "keys": ');
  await watch.check();
  await watch.check();
  await rm(path);
  await watch.check();
  await watch.check();
  await write(path, text('b'), 0o644);
  await watch.check();
  await rm(path);
  await write(path, text('c'));
  await watch.check();

  expect(told).toEqual([
    expect.stringContaining('not JSON'),
    expect.stringContaining('is missing'),
    expect.stringContaining('mode 0644'),
    'c',
  ]);
});

test('looks each second, and no more after it was closed', async () => {
  await write(path, text('a'));
  const clock = new ManualClock();
  const watch = await start(clock);
  watch.begin();
  await write(path, text('b'));
  clock.advance(999);
  expect(clock.timers).toBe(1);

  clock.advance(1);
  while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['b']);
  watch.close();
  await watch.check();
  expect(clock.timers).toBe(0);
});
