import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modeProblem, readProtected } from '../../../server/access/protected-file.js';

const ME = 1000;
const ROOT = 0;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-tokens-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['0600, mine', 0o600, ME, true],
  ['0400, mine', 0o400, ME, true],
  ['0440 of root, as Kubernetes gives it', 0o440, ROOT, true],
  ['0640 of root', 0o640, ROOT, true],
  ['0640, mine', 0o640, ME, false],
  ['0440, mine', 0o440, ME, false],
  ['0644, mine', 0o644, ME, false],
  ['0644 of root', 0o644, ROOT, false],
  ['0444 of root', 0o444, ROOT, false],
  ['0460 of root', 0o460, ROOT, false],
  ['0602, mine', 0o602, ME, false],
])('a file with mode %s', (_title, mode, owner, isTaken) => {
  const problem = modeProblem('tokens.json', 0o100_000 | mode, owner, ME);

  expect(problem === undefined).toBe(isTaken);
  if (!isTaken) expect(problem).toMatch(/mode 0\d{3}\).*chmod 6[04]0 tokens\.json/);
});

test('reads a file of its own, and says what is wrong with another', async () => {
  const path = join(folder, 'tokens.json');
  await writeFile(path, 'text', { mode: 0o600 });
  expect(await readProtected(path)).toMatchObject({ ok: true, text: 'text' });

  await chmod(path, 0o644);
  expect(await readProtected(path)).toEqual({ ok: false, problem: expect.stringContaining('mode 0644') });
  expect(await readProtected(join(folder, 'gone.json'))).toEqual({
    ok: false,
    problem: expect.stringMatching(/gone\.json is missing/),
  });
  expect(await readProtected(folder)).toEqual({ ok: false, problem: expect.stringContaining('is no file') });
  const big = join(folder, 'big.json');
  await writeFile(big, 'x'.repeat((1 << 20) + 1), { mode: 0o600 });
  expect(await readProtected(big)).toEqual({ ok: false, problem: expect.stringContaining('is over') });
});
