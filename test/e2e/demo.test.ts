import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const main = join(root, 'dist/demo/main.js');

/** Processes of a demo, from the operating system's own list. */
interface Family {
  readonly hub: number;
  readonly feed: number;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The demo, without a terminal, in its own process group as from a shell. */
class RunningDemo {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[]) {
    this.process = spawn(process.execPath, [main, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.process);
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = once(this.process, 'close').then(() => {
      running.delete(this.process);
      return { code: this.process.exitCode, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** Waits until the demo has printed what matches. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#stdout)) {
      if (this.process.stdout === null || this.process.exitCode !== null) {
        throw new Error(`the demo ended before it printed ${pattern}: ${this.#stdout}${this.#stderr}`);
      }
      await Promise.race([once(this.process.stdout, 'data'), this.ended]);
    }
  }

  async family(): Promise<Family> {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
    const find = (file: string): number => {
      const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
      const row = rows.find(
        ([, parent, ...args]) => Number(parent) === this.process.pid && args.join(' ').includes(file),
      );
      return Number(row?.[0]);
    };
    return { hub: find('dist/server/main.js'), feed: find('dist/demo/feed.js') };
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when none of them exists any more; the test's own time limit is the deadline. */
async function gone({ hub, feed }: Family): Promise<void> {
  while (alive(hub) || alive(feed)) await new Promise((next) => setTimeout(next, 20));
}

/** The totals of the final summary. */
function totals(stdout: string): { readonly sent: number; readonly answered: number; readonly errors: number } {
  const read = (name: string): number =>
    Number(new RegExp(`^ {2}${name} +([\\d,]+)`, 'm').exec(stdout)?.[1]?.replaceAll(',', ''));
  return { sent: read('sent'), answered: read('answered'), errors: read('errors') };
}

const ANSWERS = /sent [1-9].*\n +(?:negative|neutral|positive) [01]\.\d\d {2}[a-z ]+: ./;

test('runs for its time, shows messages with label and score, and accounts for every one it sent', async () => {
  const { code, stdout, stderr } = await new RunningDemo(['--duration', '4', '--rate', '200']).ended;

  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Starting the hub .*\n(?:Port 3000 is in use: .*\n)?\n {2}Watch it live: http:\/\/127\.0\.0\.1:\d+\/\n/,
  );
  expect(stdout).toMatch(ANSWERS);
  expect(stdout).toMatch(/p50 [\d.]+ ms {2}p99 [\d.]+ ms {2}mean batch \d+\.\d/);
  const { sent, answered, errors } = totals(stdout);
  expect(answered).toBeGreaterThan(20);
  expect(errors).toBe(0);
  expect(sent).toBe(answered);
  expect(stdout).toMatch(/sentiment@2 in \d\d:\d\d/);
  expect(stdout).toMatch(/ {2}mean batch {2}\d+\.\d/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts a sequence
  expect(stdout).not.toMatch(/\x1b/);
});

test.each([
  ['Ctrl-C, which the terminal sends to the whole group', (pid: number) => process.kill(-pid, 'SIGINT')],
  ['SIGTERM to the main process', (pid: number) => process.kill(pid, 'SIGTERM')],
])('%s ends feed and hub in good order', async (_, end) => {
  const demo = new RunningDemo([]);
  await demo.printed(ANSWERS);
  const family = await demo.family();
  expect([alive(family.hub), alive(family.feed)]).toEqual([true, true]);

  end(Number(demo.process.pid));
  const { code, stdout, stderr } = await demo.ended;

  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('Feed and hub have ended in good order.');
  const { sent, answered, errors } = totals(stdout);
  expect(sent).toBe(answered + errors);
  expect([alive(family.hub), alive(family.feed)]).toEqual([false, false]);
});

test('Ctrl-C while the hub still starts ends it too', async () => {
  const demo = new RunningDemo([]);
  await demo.printed(/Starting the hub/);
  const family = await demo.family();
  process.kill(-Number(demo.process.pid), 'SIGINT');

  const { code, stdout, stderr } = await demo.ended;

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Ended before it began.');
  expect(Number.isNaN(family.hub) || !alive(family.hub)).toBe(true);
});

test.each(['hub', 'feed'] as const)(
  'when the %s dies by itself, the demo says so, ends the other and fails',
  async (which) => {
    const demo = new RunningDemo([]);
    await demo.printed(ANSWERS);
    const family = await demo.family();

    process.kill(family[which], 'SIGKILL');
    const { code, stdout, stderr } = await demo.ended;

    expect(code).toBe(1);
    expect(stderr).toContain(`demo: the ${which} ended by itself (SIGKILL)`);
    expect(totals(stdout).sent).toBeGreaterThan(0);
    expect([alive(family.hub), alive(family.feed)]).toEqual([false, false]);
  },
);

test('when the main process is killed outright, hub and feed end by themselves', async () => {
  const demo = new RunningDemo([]);
  await demo.printed(ANSWERS);
  const family = await demo.family();

  demo.process.kill('SIGKILL');
  await gone(family);

  expect([alive(family.hub), alive(family.feed)]).toEqual([false, false]);
});

test('when nobody reads the output any more, the demo ends', async () => {
  const demo = new RunningDemo([]);
  await demo.printed(ANSWERS);
  const family = await demo.family();

  demo.process.stdout?.destroy();
  await demo.ended;
  await gone(family);

  expect(demo.process.exitCode).toBe(0);
});

test('a port in use is told in the hub’s own words, with exit code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const { code, stderr } = await new RunningDemo(['--port', String(port)]).ended;

    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
  } finally {
    other.close();
  }
});

test('without --port, a usual port that is taken is told in one line and another is used', async () => {
  const other = createServer().listen(3000, '127.0.0.1');
  // Something else may have it already, which serves as well.
  await Promise.race([once(other, 'listening'), once(other, 'error')]).catch(() => {});
  try {
    const { code, stdout } = await new RunningDemo(['--duration', '1']).ended;

    expect(code).toBe(0);
    expect(stdout).toContain('Port 3000 is in use: the hub took a free one.');
    expect(/Watch it live: .*:(\d+)\//.exec(stdout)?.[1]).not.toBe('3000');
  } finally {
    other.close();
  }
});

test('a bad option is one line and exit code 1; --help is exit code 0', async () => {
  const bad = await new RunningDemo(['--rate', 'fast']).ended;
  const help = await new RunningDemo(['--help']).ended;

  expect(bad).toMatchObject({ code: 1, stdout: '' });
  expect(bad.stderr).toMatch(/^demo: --rate is "fast", expected 1 to 5000; see --help\n$/);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('--duration');
});
