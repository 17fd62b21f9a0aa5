/**
 * A whole hub from the built files, in this process or its own, with models written by the test; checks that it leaves
 * nothing behind.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { flagOf } from '../../dist/command-line/option.js';
import { App } from '../../dist/server/app/app.js';
import type { AppExtras } from '../../dist/server/app/seams/extras.js';
import { type Config, configWith } from '../../dist/server/config/config.js';
import { until, within } from './until.js';

export interface TestApp {
  readonly app: App;
  readonly url: string;
  /** Lines logged as errors: faults, lost threads. A test that expects some removes them. */
  readonly errors: string[];
  /** Closes the hub; throws when it logged an error, lost a request or left a socket open. Close clients first. */
  close(): Promise<void>;
}

export interface TestAppOptions {
  /** Writes the models into an empty folder. May return the path for `--model`; the default is the folder. */
  readonly models: (folder: string) => Promise<unknown>;
  readonly config?: Partial<Config>;
  readonly extras?: AppExtras;
}

/** @param isListening false when the hub is on a server that does not listen yet, and so has no address. */
export async function startTestApp(
  { models, config = {}, extras = {} }: TestAppOptions,
  { isListening = true } = {},
): Promise<TestApp> {
  const before = openResources();
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-app-'));
  const written = await models(folder);
  const model = typeof written === 'string' ? written : folder;
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) });
  const started = await App.start(configWith({ port: 0, engine: 'wasm', ...config, model }), log, extras);
  if (!started.ok) throw new Error(started.problem);
  const { app } = started;
  const close = async (): Promise<void> => {
    await within('the hub closes', app.close());
    await rm(folder, { recursive: true, force: true });
    const { accepted, settled } = app.hub.stats;
    if (accepted !== settled || app.hub.inFlight > 0) errors.push(`${accepted} accepted, ${settled} settled`);
    let after = before;
    const gone = (): boolean => {
      after = openResources();
      return Object.entries(after).every(([kind, count]) => count <= (before[kind] ?? 0));
    };
    await until('sockets are gone', gone).catch(() => {
      errors.push(`left open: ${JSON.stringify(after)}, before: ${JSON.stringify(before)}`);
    });
    if (errors.length > 0) throw new Error(errors.join('\n'));
  };
  return { app, url: isListening ? app.url : '', errors, close };
}

/** What a hub may leave open in this process, as reported by Node. */
function openResources(): Readonly<Record<string, number>> {
  const kinds = process.getActiveResourcesInfo();
  const count = (name: string): number => kinds.filter((kind) => kind === name).length;
  return { TCPServerWrap: count('TCPServerWrap'), TCPSocketWrap: count('TCPSocketWrap') };
}

export interface TestProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Lines of the log, as objects. */
  readonly log: readonly Record<string, unknown>[];
  /** Current resident memory, in bytes. */
  rss(): Promise<number>;
  /** Ends it with SIGTERM; resolves with the exit code. */
  close(): Promise<number | null>;
}

/** Of this worker. A test that fails does not close its own, and one left behind keeps the whole run from ending. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The hub as a process, from the built files or those of a package, whose process it is by `main`. */
export async function startTestProcess(
  {
    models,
    config = {},
    main = new URL('../../dist/server/main.js', import.meta.url).pathname,
  }: Omit<TestAppOptions, 'extras'> & { readonly main?: string },
  nodeFlags: readonly string[] = [],
  /** A command that runs the one behind it. */
  wrapper: readonly string[] = [],
): Promise<TestProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-app-'));
  const written = await models(folder);
  const model = typeof written === 'string' ? written : folder;
  const options = { port: 0, engine: 'wasm', ...config, model };
  const flags = Object.entries(options).flatMap(([name, value]) => [flagOf(name), String(value)]);
  const [command = '', ...args] = [...wrapper, process.execPath, ...nodeFlags, main, ...flags];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  endWithTest(child);
  const exited = once(child, 'exit');
  const log: Record<string, unknown>[] = [];
  const url = await within(
    'the hub listens',
    new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the hub ended with exit code ${code}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const entry: Record<string, unknown> = JSON.parse(line);
        log.push(entry);
        if (typeof entry.url === 'string') resolve(entry.url);
      });
    }),
    60_000,
  );
  const close = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 45_000);
    const [code] = await exited;
    clearTimeout(killer);
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  return { url, child, log, rss: () => residentBytes(child.pid), close };
}

/** A test that fails leaves its hub open: that would outlive the run. One of several tests is for their `afterAll`. */
function endWithTest(child: ChildProcess): void {
  try {
    onTestFinished(() => void child.kill('SIGKILL'));
  } catch {}
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
