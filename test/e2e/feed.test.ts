import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../bench/harness/free-port.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { times } from '../support/long-form.js';
import { writeLinear } from '../support/tiny-models.js';
import { FEED, KEYS } from '../support/tokens.js';
import { until } from '../support/until.js';

const root = resolve(import.meta.dirname, '../..');
const main = join(root, 'dist/cli/main.js');

let folder = '';
let hub: TestProcess;

function startHub(port = 0): Promise<TestProcess> {
  return startTestProcess({ models: async () => join(root, 'model'), config: { port } });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-feed-'));
  hub = await startHub();
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The feed, without a terminal; its input is open until the test ends it. */
class RunningFeed {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [main, 'feed', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.process = child;
    running.add(child);
    child.stdin.on('error', () => {});
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(child, 'close').then(() => {
      running.delete(child);
      return { code: child.exitCode, stdout: this.stdout, stderr: this.stderr };
    });
  }

  get stdin(): Writable {
    if (this.process.stdin === null) throw new Error('the feed has no standard input');
    return this.process.stdin;
  }

  /** Waits until it prints where to watch: lines are being sent. */
  began(): Promise<void> {
    return until('the feed begins', () => this.stderr.includes('Watch it at'), 60_000);
  }

  /** Current resident memory, in bytes. */
  async rss(): Promise<number> {
    const status = await readFile(`/proc/${this.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }
}

/** A figure of the summary. */
function figure(stdout: string, name: string): number {
  return Number(new RegExp(`^ {2}${name} +([\\d,]+)`, 'm').exec(stdout)?.[1]?.replaceAll(',', ''));
}

async function textFile(name: string, lines: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Array.from({ length: lines }, (_, i) => `what a lovely day ${i}\n`).join(''));
  return path;
}

test('a file of 500 lines is answered completely, with the page’s address first and a summary last', async () => {
  const path = join(folder, 'five hundred.txt');
  const lines = Array.from({ length: 500 }, (_, i) => `${i % 2 === 0 ? 'so happy' : 'what a mess, so annoyed'} ${i}`);
  await writeFile(path, `${lines.join('\r\n')}\r\n\r\n \r\n${'long '.repeat(3000)}`);
  const { code, stdout, stderr } = await new RunningFeed(['--file', path, '--url', hub.url, '--rate', '0']).ended;

  expect(stderr.replace(/^Waiting .*\n/, '')).toBe(`Watch it at ${hub.url}/?stream=five-hundred\n`);
  expect(code).toBe(0);
  expect({ sent: figure(stdout, 'sent'), answered: figure(stdout, 'answered') }).toEqual({ sent: 501, answered: 501 });
  expect(stdout).toContain('2 empty lines skipped, 1 cut to 10,000 characters');
  expect(stdout).toMatch(/ {2}labels {6}negative [\d,]+ \(\d+ %\), .*positive/);
  expect(stdout).toMatch(/ {2}latency {5}p50 [\d.]+ m?s, p99 [\d.]+ m?s\n$/);
});

test('standard input that is faster than the hub is slowed down: nothing is lost, and memory stays flat', async () => {
  const feed = new RunningFeed(['--file', '-', '--url', hub.url]);
  await feed.began();
  const chunk = Buffer.from('so good\n'.repeat(8_000));
  const measured: number[] = [];
  let lines = 0;
  // Far more than fits into pipes and buffers: a feed that read ahead would hold all of it.
  for (let round = 0; round < times(10, 4); round++) {
    if (!feed.stdin.write(chunk)) await once(feed.stdin, 'drain');
    lines += 8_000;
    measured.push(await feed.rss());
  }
  feed.stdin.end();
  const { code, stdout } = await feed.ended;

  expect(code).toBe(0);
  expect({ sent: figure(stdout, 'sent'), answered: figure(stdout, 'answered') }).toEqual({
    sent: lines,
    answered: lines,
  });
  expect(Math.max(...measured) - (measured[1] ?? 0)).toBeLessThan(96 * 2 ** 20);
});

test('an endless pipe: Ctrl-C stops the reading, open answers are waited for, the summary is whole', async () => {
  const feed = new RunningFeed(['--file', '-', '--url', hub.url, '--stream', 'logs/web']);
  await feed.began();
  for (let i = 0; i < 200; i++) feed.stdin.write(`never again ${i}\n`);
  const timer = setInterval(() => feed.stdin.write('and on it goes\n'), 5);
  await new Promise((next) => setTimeout(next, 500));
  feed.process.kill('SIGINT');
  const { code, stdout, stderr } = await feed.ended;
  clearInterval(timer);

  expect(code).toBe(0);
  expect(stderr).toContain(`/?stream=logs/web\n`);
  expect(stdout).toContain('standard input to stream logs/web, sentiment@2: stopped in ');
  expect(figure(stdout, 'sent')).toBeGreaterThanOrEqual(200);
  expect(figure(stdout, 'answered')).toBe(figure(stdout, 'sent'));
});

test('a file that Ctrl-C cuts short has exit code 1; a looped one, which has no other end, 0', async () => {
  const path = await textFile('short.txt', 40);
  const once = new RunningFeed(['--file', path, '--url', hub.url, '--rate', '1']);
  const looped = new RunningFeed(['--file', path, '--url', hub.url, '--rate', '500', '--loop']);
  await Promise.all([once.began(), looped.began()]);
  await new Promise((next) => setTimeout(next, 1_000));
  once.process.kill('SIGINT');
  looped.process.kill('SIGINT');
  const [cut, whole] = await Promise.all([once.ended, looped.ended]);

  expect([cut.code, whole.code]).toEqual([1, 0]);
  expect(figure(cut.stdout, 'sent')).toBeLessThan(40);
  expect(figure(whole.stdout, 'sent')).toBeGreaterThan(40);
  expect(figure(whole.stdout, 'answered')).toBe(figure(whole.stdout, 'sent'));
});

test('--limit ends a looped file and an open pipe after so many lines', async () => {
  const path = await textFile('ten.txt', 10);
  const looped = await new RunningFeed(['--file', path, '--url', hub.url, '--rate', '0', '--loop', '--limit', '95'])
    .ended;
  const piped = new RunningFeed(['--file', '-', '--url', hub.url, '--limit', '3']);
  piped.stdin.write('{"text":"one"}\n\n{"text":"two"}\n{"text":"three"}\n{"text":"four"}\n');
  const { code, stdout } = await piped.ended;

  expect(looped.code).toBe(0);
  expect([figure(looped.stdout, 'sent'), figure(looped.stdout, 'answered')]).toEqual([95, 95]);
  expect(code).toBe(0);
  expect([figure(stdout, 'sent'), figure(stdout, 'answered')]).toEqual([3, 3]);
});

test('--json takes a field; a file without a text in it ends even when it is looped', async () => {
  const path = join(folder, 'posts.jsonl');
  await writeFile(path, '{"post":{"text":"good"}}\nnot json\n{"post":{}}\n');
  const args = ['--file', path, '--url', hub.url, '--loop', '--limit', '2', '--json'];
  const found = await new RunningFeed([...args, 'post.text']).ended;
  const none = await new RunningFeed([...args, 'post.body']).ended;

  expect(found.code).toBe(0);
  expect(found.stdout).toContain('2 lines without a JSON field "post.text" skipped');
  expect(figure(found.stdout, 'answered')).toBe(2);
  expect(none.code).toBe(1);
  expect(figure(none.stdout, 'sent')).toBe(0);
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'a hub that is ended by %s and started again on its port loses no line',
  async (signal) => {
    const port = await freePort();
    const first = await startHub(port);
    const path = await textFile('restart.txt', 1_500);
    const feed = new RunningFeed(['--file', path, '--url', first.url, '--rate', '500']);
    await feed.began();
    await new Promise((next) => setTimeout(next, 700));
    first.child.kill(signal);
    await once(first.child, 'exit');
    const second = await startHub(port);
    const { code, stdout } = await feed.ended;
    await second.close();

    expect({ sent: figure(stdout, 'sent'), answered: figure(stdout, 'answered'), code }).toEqual({
      sent: 1_500,
      answered: 1_500,
      code: 0,
    });
  },
);

test('when the hub stays away, Ctrl-C ends within the wait for answers and says what is unanswered', async () => {
  const gone = await startHub();
  const feed = new RunningFeed(['--file', '-', '--url', gone.url]);
  await feed.began();
  gone.child.kill('SIGKILL');
  await once(gone.child, 'exit');
  feed.stdin.write('one\ntwo\n');
  await new Promise((next) => setTimeout(next, 500));
  feed.process.kill('SIGINT');
  const { code, stdout } = await feed.ended;

  expect(code).toBe(1);
  expect([figure(stdout, 'sent'), figure(stdout, 'answered'), figure(stdout, 'unanswered')]).toEqual([2, 0, 2]);
});

test('nobody reads the output: the lines are published all the same', async () => {
  const path = await textFile('unread.txt', 20);
  const feed = new RunningFeed(['--file', path, '--url', hub.url, '--rate', '40']);
  feed.process.stdout?.destroy();
  feed.process.stderr?.destroy();

  expect((await feed.ended).code).toBe(0);
});

test('no hub, something else, or a hub without a text model at the address: one line and exit code 1', async () => {
  const path = await textFile('lonely.txt', 1);
  const other = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const free = await freePort();
  const numbers = await startTestProcess({ models: (at) => writeLinear(at) });
  const feed = (url: string) => new RunningFeed(['--file', path, '--url', url]).ended;
  const [none, wrong, numeric] = await Promise.all([
    feed(`http://127.0.0.1:${free}`),
    feed(`127.0.0.1:${port}`),
    feed(numbers.url),
  ]);
  await numbers.close();
  other.closeAllConnections();
  other.close();

  expect([none.code, wrong.code, numeric.code]).toEqual([1, 1, 1]);
  const last = (stderr: string): string => stderr.replace(/^Waiting for a hub at .*\n/, '');
  expect(last(none.stderr)).toBe(
    `tickcast feed: no hub listens at http://127.0.0.1:${free}; start one with "tickcast serve", or name another with --url\n`,
  );
  expect(last(wrong.stderr)).toMatch(
    /^tickcast feed: what answers at .* is no Tickcast hub \(GET \/healthz was answered 404\); .*\n$/,
  );
  expect(last(numeric.stderr)).toMatch(/^tickcast feed: \S+@\d+ takes numbers, not text: [^\n]+\n$/);
});

test.each([
  [['--file', 'no-such-file.txt'], 'there is no file no-such-file.txt'],
  [['--file', root], `${root} is a folder; give a file`],
  [['--rate', '5'], '--file is missing'],
  [['--file', 'x', '--speed', '5'], 'unknown option --speed'],
])('%j is one readable line and exit code 1', async (args, problem) => {
  const { code, stdout, stderr } = await new RunningFeed(args).ended;

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^tickcast feed: [^\n]+\n$/);
  expect(stderr).toContain(problem);
});

test('--help is exit code 0', async () => {
  const { code, stdout } = await new RunningFeed(['--help']).ended;

  expect(code).toBe(0);
  expect(stdout).toContain('--json FIELD');
});

test('a hub that asks for a token: the feed says so, and publishes with it', async () => {
  const tokenFile = join(folder, 'tokens.json');
  await writeFile(tokenFile, JSON.stringify({ keys: KEYS }), { mode: 0o600 });
  const guarded = await startTestProcess({ models: async () => join(root, 'model'), config: { tokenFile } });
  const lines = join(folder, 'guarded.txt');
  await writeFile(lines, 'what a lovely day\nso annoying\n');
  const args = ['--file', lines, '--url', guarded.url, '--rate', '0'];
  try {
    const refused = await new RunningFeed(args, { TICKCAST_TOKEN: '' }).ended;
    const published = await new RunningFeed(args, { TICKCAST_TOKEN: FEED }).ended;

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/asks for a token.*TICKCAST_TOKEN/) });
    expect(published).toMatchObject({ code: 0 });
    expect(published.stdout + published.stderr).not.toContain(FEED);
  } finally {
    await guarded.close();
  }
});
