/** The SDK is tied to the protocol by types: it does not compile against a protocol that it does not speak. */

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const EVENTS = 'shared/protocol/events.ts';
const source = await readFile(join(root, EVENTS), 'utf8');
const names = [...source.matchAll(/^ {2}(\w+)\(/gm)].map(([, name = '']) => name);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-types-'));
  const isSource = (path: string): boolean => !/[\\/](dist|node_modules)$/.test(path);
  for (const part of ['client', 'shared', 'tsconfig.json', 'package.json'])
    await cp(join(root, part), join(folder, part), { recursive: true, filter: isSource });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Compiles the SDK with these events; the errors, each with its file. */
async function compile(events: string): Promise<string> {
  await writeFile(join(folder, EVENTS), events);
  const args = [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'client/tsconfig.pack.json', '--noEmit'];
  return run(process.execPath, args, { cwd: folder }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

test('the SDK compiles against the events as they are', async () => {
  expect(names).toHaveLength(18);
  expect(await compile(source)).toBe('');
});

test.each(names)('the SDK does not compile when the event %s has another name', async (name) => {
  const errors = await compile(source.replace(new RegExp(`^ {2}${name}\\(`, 'm'), `  ${name}_renamed(`));

  expect(errors).toMatch(/^client\/.*error TS/m);
});
