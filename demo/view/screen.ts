/**
 * Redraws a terminal in place: the alternate screen, the cursor hidden, everything restored at the end. Knows only
 * lines.
 */

import type { WriteStream } from 'node:tty';

const OPEN = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const CLOSE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE_END = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';
/** Terminals that know these show the frame atomically; others ignore them. */
const FRAME_BEGIN = '\x1b[?2026h';
const FRAME_END = '\x1b[?2026l';

export class Screen {
  readonly #terminal: WriteStream;
  #open = false;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    // A terminal that does not know its size reports 0.
    return { columns: this.#terminal.columns || 80, rows: this.#terminal.rows || 24 };
  }

  /** Replaces what is shown. Skips the frame when the terminal has not taken the previous one. */
  draw(lines: readonly string[]): void {
    if (this.#open && this.#terminal.writableLength > 0) return;
    const opening = this.#open ? '' : OPEN;
    this.#open = true;
    const body = lines.map((line) => line + CLEAR_LINE_END).join('\r\n');
    this.#terminal.write(opening + FRAME_BEGIN + HOME + body + CLEAR_BELOW + FRAME_END);
  }

  /** Restores the terminal. May be called at any time, and repeatedly. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#terminal.write(CLOSE);
  }
}
