/** Writes progress: one line rewritten in place in a terminal, otherwise a line now and then. Knows no figures. */

import type { WriteStream } from 'node:tty';
import { cutTo } from '../../command-line/view/text-width.js';

const REWRITE_EVERY_MS = 250;
const LINE_EVERY_MS = 5_000;
const ECHO_COLUMNS = 3;
const CLEAR_LINE = '\r\x1b[K';

export class ProgressLine {
  readonly #out: WriteStream;
  readonly #live: boolean;
  #shown = false;

  /** `typing`: input comes from the same terminal, which a rewritten line would disturb. */
  constructor(out: WriteStream, env: Readonly<Record<string, string | undefined>>, typing: boolean) {
    this.#out = out;
    this.#live = out.isTTY && env.TERM !== 'dumb' && !typing;
  }

  /** How often to call {@link show}, in milliseconds. */
  get everyMs(): number {
    return this.#live ? REWRITE_EVERY_MS : LINE_EVERY_MS;
  }

  show(text: string): void {
    if (!this.#live) {
      this.#out.write(`${text}\n`);
      return;
    }
    // A terminal that has not taken the previous line does not need this one.
    if (this.#out.writableLength > 0) return;
    this.#shown = true;
    // A terminal that does not know its size reports 0. The last columns are left free for the ^C it echoes.
    this.#out.write(CLEAR_LINE + cutTo(text, (this.#out.columns || 80) - ECHO_COLUMNS));
  }

  /** Removes the rewritten line before other output. */
  clear(): void {
    if (this.#shown) this.#out.write(CLEAR_LINE);
    this.#shown = false;
  }
}
