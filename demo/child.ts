/** A process of the demo: started, watched, ended by its id. Knows nothing of what runs in it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { terminalText } from '../shared/terminal-text.js';

export interface ChildPlan {
  /** Its name in messages, such as `the hub`. */
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  /** Each line it prints, made safe for a terminal; the last ones say why it ended, if it did. */
  readonly onLine: (line: string) => void;
  readonly onMessage?: (message: unknown) => void;
}

/** How a child ended. `forced`: it had to be killed. */
export interface ChildEnd {
  readonly code: number | null;
  readonly forced: boolean;
}

export class Child {
  /** Resolves with the reason in words when the process ends unasked. */
  readonly failed: Promise<string>;
  readonly #process: ChildProcess;
  readonly #closed: Promise<void>;
  #asked = false;

  constructor({ name, args, onLine, onMessage }: ChildPlan) {
    // A process group of its own: Ctrl-C in a terminal reaches only the main process, which ends the others in order.
    this.#process = spawn(process.execPath, args, {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => onLine(terminalText(line)));
    }
    if (onMessage !== undefined) this.#process.on('message', onMessage);
    this.#process.on('error', () => {
      // The process may have just ended, which is reported below.
    });
    // `close` follows the end of its output and messages.
    this.#closed = new Promise((resolve) => this.#process.once('close', () => resolve()));
    this.failed = new Promise((resolve) => {
      void this.#closed.then(() => {
        if (this.#asked) return;
        const { exitCode, signalCode } = this.#process;
        const how = signalCode === null ? `exit code ${exitCode}` : signalCode;
        resolve(`${name} ended by itself (${how})`);
      });
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Asks it to end, by a message or else SIGTERM, and kills it after `withinMs` milliseconds. */
  async end(withinMs: number, message?: object): Promise<ChildEnd> {
    const child = this.#process;
    this.#asked = true;
    let forced = false;
    if (child.exitCode === null && child.signalCode === null) {
      if (message !== undefined && child.connected) child.send(message, () => {});
      else child.kill('SIGTERM');
      const timer = setTimeout(() => {
        forced = true;
        child.kill('SIGKILL');
      }, withinMs);
      void this.#closed.then(() => clearTimeout(timer));
    }
    await this.#closed;
    return { code: child.exitCode, forced };
  }

  /** Immediately, without waiting. */
  kill(): void {
    this.#asked = true;
    this.#process.kill('SIGKILL');
  }
}
