import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { installedPackages } from '../../../server/app/seams/installed-packages.js';

const root = await realpath(await mkdtemp(join(tmpdir(), 'tickcast-packages-')));
afterAll(() => rm(root, { recursive: true }));

/** A package in a folder's node_modules, and the URL of its module. */
async function install(folder: string, name: string, manifest: object): Promise<string> {
  const at = join(root, folder, 'node_modules/@tickcast', name);
  await mkdir(join(at, 'lib'), { recursive: true });
  await writeFile(join(at, 'package.json'), JSON.stringify({ name: `@tickcast/${name}`, type: 'module', ...manifest }));
  const file = join(at, 'lib/own.js');
  await writeFile(file, `export const openTap = async () => ({ name: '${name}' });`);
  return pathToFileURL(file).href;
}

test.each([
  ['main', { main: './lib/own.js' }],
  ['path', { exports: './lib/own.js' }],
  ['import-only', { exports: { import: './lib/own.js' } }],
  ['types-first', { exports: { '.': { types: './own.d.ts', default: './lib/own.js' }, './more': './more.js' } }],
  ['nested', { exports: { '.': { browser: './b.js', node: { import: './lib/own.js' } } } }],
])(
  'a package of the program with an entry by %s is found from its folder and from one below',
  async (name, manifest) => {
    const url = await install('program', name, manifest);
    await mkdir(join(root, 'program/src'), { recursive: true });

    for (const folder of ['program', 'program/src']) {
      const finder = installedPackages(join(root, folder));
      expect(finder.find(`@tickcast/${name}`)).toBe(url);
      expect(await finder.load(url)).toHaveProperty('openTap');
    }
  },
);

test('a package that is in neither place is not there', async () => {
  await install('elsewhere', 'far', { main: './lib/own.js' });

  expect(installedPackages(join(root, 'program')).find('@tickcast/far')).toBeUndefined();
});

test('what is beside the hub comes before what the program has', async () => {
  const client = installedPackages(join(root, 'program')).find('@tickcast/client');
  await install('program', 'client', { main: './lib/own.js' });

  expect(client).toBeDefined();
  expect(installedPackages(join(root, 'program')).find('@tickcast/client')).toBe(client);
});
