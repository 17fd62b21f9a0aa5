import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { within } from '../support/until.js';
import { readWay } from '../support/way-page.js';

const root = join(import.meta.dirname, '../..');
/** The current number plus one. Before adding a file, look for one that is not needed. */
const MOST_FILES = 57;

/** Files that every one of a few predicts entered; other activity of the process is in some of them only. */
async function tracedFiles(): Promise<readonly string[]> {
  const support = join(root, 'test/support');
  const execArgv = ['--import', pathToFileURL(join(support, 'coverage.mjs')).href];
  const child = fork(join(support, 'traced-predicts.mjs'), { execArgv });
  const exit = once(child, 'exit');
  const [traces] = (await within('the predicts are traced', once(child, 'message'), 60_000)) as [readonly string[][]];
  await exit;
  const [first = [], ...others] = traces;
  return first
    .filter((file) => others.every((trace) => trace.includes(file)))
    .map((file) => file.replace(/\.js$/, '.ts'));
}

test('one predict enters the files that docs/architecture.md lists, and no other', async () => {
  const files = await tracedFiles();

  expect([...files].sort()).toEqual(
    readWay(root)
      .map(({ path }) => path)
      .sort(),
  );
  expect(files.filter((file) => !file.startsWith('shared/')).length).toBeLessThanOrEqual(MOST_FILES);
});
