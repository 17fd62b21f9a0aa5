/** The two ways to watch: a view redrawn in place, and plain lines. Both read the tally; knows no processes. */

import type { WriteStream } from 'node:tty';
import { frame } from './frame.js';
import { paintFor } from './paint.js';
import { progressLines, startText, watchText } from './plain.js';
import { Screen } from './screen.js';
import type { Tally } from './tally.js';

export interface View {
  /** How often to call {@link update}, in milliseconds. */
  readonly everyMs: number;
  /** The hub is ready. `takenPort`: the port it would have used, if it was in use. */
  begin(url: string, takenPort?: number): void;
  update(tally: Tally): void;
  /** A log line of the hub or the feed. */
  log(line: string): void;
  /** Restores the terminal; may be called twice. */
  close(): void;
}

/** Ten frames per second look alive and cost little. */
const FRAME_EVERY_MS = 100;
const LINE_EVERY_MS = 1000;

export function viewFor(
  out: WriteStream,
  err: NodeJS.WritableStream,
  env: Readonly<Record<string, string | undefined>>,
  topics: readonly string[],
): View {
  return out.isTTY && env.TERM !== 'dumb' ? new LiveView(out, err, env, topics) : new PlainView(out, err);
}

/** Number of log lines kept until the terminal is restored, so that they do not spoil the view. */
const KEPT_LOG_LINES = 20;

class LiveView implements View {
  readonly everyMs = FRAME_EVERY_MS;
  readonly #screen: Screen;
  readonly #out: WriteStream;
  readonly #err: NodeJS.WritableStream;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #topics: readonly string[];
  readonly #logLines: string[] = [];
  #url = '';

  constructor(
    out: WriteStream,
    err: NodeJS.WritableStream,
    env: Readonly<Record<string, string | undefined>>,
    topics: readonly string[],
  ) {
    this.#screen = new Screen(out);
    this.#out = out;
    this.#err = err;
    this.#env = env;
    this.#topics = topics;
  }

  begin(url: string, takenPort?: number): void {
    this.#url = url;
    // Before the alternate screen opens, so that it is visible again afterwards.
    this.#out.write(watchText(url, takenPort));
  }

  update(tally: Tally): void {
    const lastLog = this.#logLines.at(-1) ?? '';
    const { columns, rows } = this.#screen.size;
    const paint = paintFor(this.#env);
    this.#screen.draw(frame({ tally, topics: this.#topics, url: this.#url, lastLog, columns, rows, paint }));
  }

  log(line: string): void {
    this.#logLines.push(line);
    if (this.#logLines.length > KEPT_LOG_LINES) this.#logLines.shift();
  }

  close(): void {
    this.#screen.close();
    for (const line of this.#logLines.splice(0)) this.#err.write(`${line}\n`);
  }
}

class PlainView implements View {
  readonly everyMs = LINE_EVERY_MS;
  readonly #out: WriteStream;
  readonly #err: NodeJS.WritableStream;

  constructor(out: WriteStream, err: NodeJS.WritableStream) {
    this.#out = out;
    this.#err = err;
  }

  begin(url: string, takenPort?: number): void {
    this.#out.write(watchText(url, takenPort) + startText(url));
  }

  update(tally: Tally): void {
    this.#out.write(progressLines(tally));
  }

  log(line: string): void {
    this.#err.write(`${line}\n`);
  }

  close(): void {}
}
