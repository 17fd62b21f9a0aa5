/**
 * A Node process of the bench, pinned to one core and ended by its id. Knows processes; knows nothing of what runs in
 * them.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Servers have the first core to themselves; loaders and the bench share the second. */
export const SERVER_CORE = 0;
export const LOADER_CORE = 1;

/** How long a child may take to exit before it is killed, in milliseconds. */
const END_MS = 5_000;
/** Characters of a child's last output kept for an error message. */
const KEPT_OUTPUT = 2_000;

export interface ChildPlan {
  /** Its name in messages. */
  readonly name: string;
  readonly core: number;
  /** Arguments of `node`: the file first. */
  readonly args: readonly string[];
  readonly ipc?: boolean;
  /** A command that then executes the one behind it. */
  readonly wrapper?: readonly string[];
  /** Additional environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Each line on stdout. */
  readonly onLine?: (line: string) => void;
}

const live = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

export class Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** Rejects when the process exits unasked. Race any wait for the child against this. */
  readonly ended: Promise<never>;
  #output = '';
  #ending = false;

  constructor({ name, core, args, ipc = false, wrapper = [], env = {}, onLine }: ChildPlan) {
    this.name = name;
    this.process = spawn('taskset', ['-c', String(core), ...wrapper, process.execPath, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    });
    live.add(this.process);
    this.process.on('exit', () => live.delete(this.process));
    const keep = (text: string): void => {
      this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
    };
    this.process.stderr?.setEncoding('utf8').on('data', keep);
    let partial = '';
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      keep(text);
      const lines = (partial + text).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) onLine?.(line);
    });
    this.ended = new Promise((_, reject) => {
      this.process.on('error', (error) => reject(new Error(`${name} did not start: ${error.message}`)));
      // `close` follows the end of the output, so that the message has all of it.
      this.process.on('close', (code, signal) => {
        if (this.#ending) return;
        reject(new Error(`${name} ended by itself (${signal ?? `exit code ${code}`}): ${this.#output.trim()}`));
      });
    });
    // Nobody may be waiting when it exits; later waiters still get the rejection.
    this.ended.catch(() => {});
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Asks it to exit, kills it if necessary, and waits for the last of its output. */
  async end(signal: NodeJS.Signals, withinMs = END_MS): Promise<void> {
    if (this.#ending || this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.#ending = true;
    const closed = once(this.process, 'close');
    this.process.kill(signal);
    const timer = setTimeout(() => this.process.kill('SIGKILL'), withinMs);
    await closed;
    clearTimeout(timer);
  }
}
