/** Where progress is written: one line that is rewritten in a terminal, else a line now and then. Knows no figures. */

import type { WriteStream } from 'node:tty';
import { cutTo } from '../../demo/view/text-width.js';

const REWRITE_EVERY_MS = 250;
const LINE_EVERY_MS = 5_000;
const ECHO_COLUMNS = 3;
const CLEAR_LINE = '\r\x1b[K';

export class ProgressLine {
  readonly #out: WriteStream;
  readonly #live: boolean;
  #shown = false;

  /** `typing`: somebody types in the same terminal, which a line that is rewritten would disturb. */
  constructor(out: WriteStream, env: Readonly<Record<string, string | undefined>>, typing: boolean) {
    this.#out = out;
    this.#live = out.isTTY && env.TERM !== 'dumb' && !typing;
  }

  /** How often {@link show} is wanted, in milliseconds. */
  get everyMs(): number {
    return this.#live ? REWRITE_EVERY_MS : LINE_EVERY_MS;
  }

  show(text: string): void {
    if (!this.#live) {
      this.#out.write(`${text}\n`);
      return;
    }
    // A terminal that has not taken the line before does not need this one.
    if (this.#out.writableLength > 0) return;
    this.#shown = true;
    // A terminal that does not know its size says 0. The last columns are left free for the ^C that it echoes.
    this.#out.write(CLEAR_LINE + cutTo(text, (this.#out.columns || 80) - ECHO_COLUMNS));
  }

  /** Takes the rewritten line away, so that other words can follow. */
  clear(): void {
    if (this.#shown) this.#out.write(CLEAR_LINE);
    this.#shown = false;
  }
}
