import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logFileName, processMark, readLogFileName } from '../../../server/observe/prediction-log/file-name.js';
import { prepareLogFolder } from '../../../server/observe/prediction-log/log-folder.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tickcast-log-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('a folder that is missing is made, for owner and group; one that is there is left empty', async () => {
  const folder = join(root, 'predictions');

  expect(await prepareLogFolder(folder)).toBeUndefined();
  expect(await prepareLogFolder(folder)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
  expect((await stat(folder)).mode & 0o007).toBe(0);
});

test('a folder whose parent is missing, a file, and a folder in a file are named', async () => {
  await writeFile(join(root, 'file'), '');
  await mkdir(join(root, 'there'));
  const problem = (path: string): Promise<string | undefined> => prepareLogFolder(join(root, path));

  expect(await problem('a/b')).toBe(`${root}/a/b cannot be made: there is no folder ${root}/a`);
  expect(await problem('file')).toBe(`${root}/file is no folder`);
  expect(await problem('file/log')).toBe(`${root}/file/log cannot be made: ${root}/file is no folder`);
  expect(await problem('there')).toBeUndefined();
});

test('a file’s name tells its process and its place, and is read back', () => {
  const name = logFileName(processMark(Date.UTC(2026, 10, 25, 20, 13, 2, 123), 4711), 1_000_001);

  expect(name).toBe('predictions-20261125T201302123Z-4711-1000001.jsonl');
  expect(readLogFileName(name)).toEqual({
    process: '20261125T201302123Z-4711',
    startedAt: Date.UTC(2026, 10, 25, 20, 13, 2, 123),
    sequence: 1_000_001,
  });
  for (const other of ['notes.txt', `${name}.gz`, 'predictions-20261399T201302123Z-1-000001.jsonl', `x${name}`])
    expect(readLogFileName(other)).toBeUndefined();
});
