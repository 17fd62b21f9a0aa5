import { execFile, spawn } from 'node:child_process';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.js';

const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
let folder = '';

function line(second: number, label: string, extra: object = {}): string {
  const time = new Date(Date.UTC(2026, 10, 25, 20, 0, second)).toISOString();
  return `${JSON.stringify({ v: 1, time, model: 'mood@1', label, score: 0.5, input: `text ${second}`, ...extra })}\n`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-log-'));
  const write = (process: string, sequence: number, text: string): Promise<void> =>
    writeFile(join(folder, `predictions-${process}-00000${sequence}.jsonl`), text);
  await write('20261125T200000000Z-11', 1, line(1, 'good') + line(4, 'bad'));
  await write('20261125T200000000Z-11', 2, `${line(6, 'good')}half a li`);
  await write('20261125T200001000Z-12', 1, line(2, 'bad') + line(3, 'good', { stream: 'talk' }) + line(5, 'good'));
  await writeFile(join(folder, 'notes.txt'), 'nothing of the log\n');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function read(...args: string[]): Promise<{ code: number; seconds: number[]; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'log', ...args], (error, stdout, stderr) => {
      const seconds = [...stdout.matchAll(/"input":"text (\d+)"/g)].map(([, second]) => Number(second));
      resolve({ code: error === null ? 0 : Number(error.code), seconds, stdout, stderr });
    });
  });
}

test('the lines of all processes come by time, as they stand in the files; what is none is counted', async () => {
  const { seconds, stdout, stderr } = await read(folder);

  expect(seconds).toEqual([1, 2, 3, 4, 5, 6]);
  expect(stdout.split('\n')[0]).toBe(line(1, 'good').trimEnd());
  expect(stderr).toBe('tickcast log: 1 lines are none of a prediction log and were left out\n');
});

test('what a terminal would obey is escaped, and the value is what it was', async () => {
  const input = 'a\u009b31m \u202e \u2028 \u007f \u0007 b';
  const file = join(folder, 'hostile.jsonl');
  await writeFile(file, line(9, 'good', { input }));
  const { stdout } = await read(file);
  await rm(file);

  expect(stdout).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(stdout)).toMatchObject({ label: 'good', input });
});

test.each<[string, string[], number[]]>([
  ['the last two', ['--tail', '2'], [5, 6]],
  ['none', ['--tail', '0'], []],
  ['by label', ['--label', 'bad'], [2, 4]],
  ['by stream', ['--stream', 'talk'], [3]],
  ['by name', ['--model', 'mood', '--tail', '1'], [6]],
  ['by a version that is not there', ['--model', 'mood@2'], []],
  ['by time', ['--since', '2026-11-25T20:00:02Z', '--until', '2026-11-25T20:00:05Z'], [2, 3, 4]],
])('filters: %s', async (_title, args, expected) => {
  expect((await read(folder, ...args)).seconds).toEqual(expected);
});

test('counts by label, model and hour', async () => {
  const counts = await Promise.all(['label', 'model', 'hour'].map((by) => read(folder, '--count', by)));

  expect(counts[0]?.stdout).toMatch(/^good +4 +66.7 %\nbad +2 +33.3 %\ntotal +6 +100.0 %\n$/);
  expect(counts[1]?.stdout).toMatch(/^mood@1 +6 /);
  expect(counts[2]?.stdout).toMatch(/^2026-11-25T20:00Z +6 /);
});

test('--follow goes on with what is added, in new files too', async () => {
  const child = spawn(process.execPath, [main, 'log', folder, '--follow', '--tail', '1']);
  let seen = '';
  child.stdout.on('data', (chunk) => {
    seen += chunk;
  });
  await until('the end of the log', () => seen.includes('text 6'));
  const added = join(folder, 'predictions-20261125T200002000Z-13-000001.jsonl');
  await writeFile(added, line(7, 'good').slice(0, 20));
  await appendFile(added, line(7, 'good').slice(20) + line(8, 'bad'));
  await until('what was added', () => seen.includes('text 8'));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await rm(added);

  expect(await ended).toBe(0);
  expect(seen.match(/text \d/g)).toEqual(['text 6', 'text 7', 'text 8']);
});

test.each([
  [['/nowhere'], '/nowhere does not exist'],
  [['--tail', 'x'], '--tail is "x", expected 0 to 100000'],
  [['--count', 'size'], '--count is "size", expected label | model | hour'],
  [['--since', 'soon'], 'expected a time such as'],
  [['--tial', '1'], 'unknown option --tial (did you mean --tail?)'],
])('%j: one readable line and exit code 1', async (args, message) => {
  const { code, stdout, stderr } = await read(...args);

  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect([code, stdout]).toEqual([1, '']);
});
