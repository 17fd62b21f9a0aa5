import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLinear } from '../support/tiny-models.js';

const main = new URL('../../dist/server/main.js', import.meta.url).pathname;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-start-'));
  for (const name of ['good', 'truncated', 'labels', 'text']) await mkdir(join(folder, name));
  await writeLinear(join(folder, 'good'));
  await writeLinear(join(folder, 'labels'));
  await writeFile(join(folder, 'labels/manifest.json'), '{"labels": ["one", "two"]}');
  await writeLinear(join(folder, 'truncated'));
  await writeFile(join(folder, 'text/model.json'), 'not json');
  await writeFile(join(folder, 'notes.txt'), 'hello');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { timeout: 120_000 }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

test.each([
  ['an unknown option', () => ['--prot', '1'], 'unknown option --prot (did you mean --port?)'],
  ['a value out of range', () => ['--port', '99999'], '--port is "99999", expected 0 to 65535'],
  ['a model that is not there', () => ['--model', join(folder, 'nope')], 'nope does not exist'],
  ['a model that is not JSON', () => ['--model', join(folder, 'text')], 'model.json'],
  ['a model that is no model', () => ['--model', join(folder, 'notes.txt')], 'is no model.json'],
  ['labels that do not fit', () => ['--model', join(folder, 'labels')], '2 labels, but output'],
  [
    'a default model that is not there',
    () => ['--model', join(folder, 'good'), '--default-model', 'other'],
    'there is no model other',
  ],
  [
    'a host that is not ours',
    () => ['--model', join(folder, 'good'), '--host', '192.0.2.1', '--port', '0'],
    '192.0.2.1',
  ],
])('%s: one readable line, exit code 1, and nothing listened', async (_title, args, message) => {
  const { code, stdout, stderr } = await run(['--engine', 'wasm', ...args()]);

  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^tickcast: /);
  expect(code).toBe(1);
  expect(stdout).not.toContain('listening');
});

test('a missing weight file is named', async () => {
  const broken = join(folder, 'broken');
  await mkdir(broken);
  await writeFile(
    join(broken, 'model.json'),
    JSON.stringify({
      format: 'layers-model',
      modelTopology: {},
      weightsManifest: [{ paths: ['gone.bin'], weights: [] }],
    }),
  );

  const { code, stderr } = await run(['--engine', 'wasm', '--model', broken]);

  expect(stderr).toContain('gone.bin');
  expect(code).toBe(1);
});

test('a port in use is named, with what to do', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const { code, stderr } = await run(['--engine', 'wasm', '--model', join(folder, 'good'), '--port', String(port)]);

  holder.close();
  expect(stderr.trim()).toBe(
    `tickcast: port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another --port`,
  );
  expect(code).toBe(1);
});

test('--help has every option and leaves with 0; --version is one line', async () => {
  const help = await run(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('--max-in-flight-rows');
  expect(await run(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
