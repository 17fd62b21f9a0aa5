import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { OPTION_GROUPS } from '../../../server/config/options.js';
import { SOURCE_FOLDERS, sourceFiles } from '../../support/import-table.js';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const names = new Set(sourceFiles(root, SOURCE_FOLDERS).map((path) => basename(relative(root, path))));

test('every file that docs/architecture.md names is there', () => {
  const named = [...page.matchAll(/`([\w./-]+\.ts)`/g)].map(([, path = '']) => path);
  const isThere = (path: string): boolean =>
    path.includes('/') ? ['', 'server'].some((at) => existsSync(join(root, at, path))) : names.has(path);

  expect(named.length).toBeGreaterThan(90);
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

test('it says for each group of options where they take effect', () => {
  const [, section = ''] = page.split('## Where an option takes effect\n');
  const rows = (section.split('\n## ', 1)[0] ?? '').split('\n').filter((line) => line.startsWith('| '));

  // The heading of the table is one more.
  expect(rows).toHaveLength(OPTION_GROUPS.length + 1);
});
