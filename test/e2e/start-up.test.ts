import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeJson, writeLinear } from '../support/tiny-models.js';

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
  ['a model that is no model', () => ['--model', join(folder, 'notes.txt')], 'is no model file'],
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
  expect(await run(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^tickcast \d+\.\d+\.\d+\n$/),
  });
});

/** Starts a hub with these options, and ends it when it listens. */
async function startLog(args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const child = spawn(process.execPath, [main, '--engine', 'wasm', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as Record<string, unknown>;
    log.push(entry);
    if (entry.msg !== 'listening') continue;
    const models = await fetch(`${entry.url}/models`);
    log.push({ msg: 'models', models: await models.json() });
    child.kill('SIGTERM');
  }
  return log;
}

test('what is broken or left out beside a good model is said, and the good one serves', async () => {
  const models = join(folder, 'repository');
  await writeLinear(join(models, 'good/1'));
  await writeLinear(join(models, 'flat'));
  await writeLinear(join(models, 'good/2'));
  await writeFile(join(models, 'good/2/weights.bin'), 'short');
  await writeLinear(join(models, 'mood/1'));
  await writeFile(join(models, 'mood/1/manifest.json'), '{"label": ["one"]}');
  await writeJson(join(models, 'far/1/manifest.json'), { runtime: 'missing' });

  const log = await startLog(['--model', models]);
  const of = (level: string): unknown[] => log.filter((entry) => entry.level === level);

  expect(log).toContainEqual(
    expect.objectContaining({ msg: 'model ready', model: 'good@1', named: 'after its place, good/1' }),
  );
  expect(of('error')).toEqual([
    expect.objectContaining({
      folder: join(models, 'mood/1'),
      problem: expect.stringContaining('"label" is not known; did you mean "labels"?'),
    }),
    expect.objectContaining({ problem: expect.stringContaining('runtime "missing" is not known here') }),
    expect.objectContaining({
      folder: join(models, 'good/2'),
      problem: expect.stringContaining('model good@2: weights.bin: 5 bytes, but model.json describes 8'),
    }),
  ]);
  expect(of('warn')).toContainEqual(
    expect.objectContaining({ path: join(models, 'flat'), why: expect.stringContaining('no version folders') }),
  );
  const shown = JSON.stringify(log.find(({ msg }) => msg === 'models'));
  expect(shown).toContain('"state":"failed"');
  expect(shown).not.toContain(folder);
});

test('a hub whose models are all broken does not start: one line with each of them', async () => {
  const models = join(folder, 'all-broken');
  await writeLinear(join(models, 'one/1'));
  await writeFile(join(models, 'one/1/weights.bin'), 'short');
  await writeLinear(join(models, 'two/1'));
  await writeFile(join(models, 'two/1/manifest.json'), '{');

  const { code, stderr } = await run(['--engine', 'wasm', '--model', models]);

  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain('model one@1: weights.bin: 5 bytes');
  expect(stderr).toContain('two@1: manifest.json: it is not JSON');
  expect(code).toBe(1);
});

test('a model whose files have byte order marks is served, under the name of its folder', async () => {
  const model = join(folder, 'marked');
  await writeLinear(model);
  const text = await readFile(join(model, 'model.json'), 'utf8');
  await writeFile(join(model, 'model.json'), `\ufeff${text}`);
  await writeFile(join(model, 'manifest.json'), '\ufeff{"labels": ["y"]}\r\n');

  const log = await startLog(['--model', model]);

  expect(log).toContainEqual(
    expect.objectContaining({ msg: 'model ready', model: 'marked@1', named: 'after its folder' }),
  );
});
