/** Shows the progress of training: one rewritten line on a terminal, a line per quarter elsewhere. */

import type { Progress } from './course.js';

const BAR_WIDTH = 24;
/** Interval between updates on a terminal, in milliseconds. */
const DRAW_EVERY_MS = 100;
const LINES = 4;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export class ProgressBar {
  readonly #startedMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #lines = 0;

  readonly #name: string;
  readonly #output: ProgressOutput;
  readonly #secondsAfter: (elapsedSeconds: number, share: number) => number;
  readonly #now: () => number;

  /** `share` maps the finished part of this stage to the part of the whole. */
  constructor(
    name: string,
    output: ProgressOutput,
    secondsAfter: (elapsedSeconds: number, share: number) => number,
    now: () => number = () => performance.now(),
  ) {
    this.#name = name;
    this.#output = output;
    this.#secondsAfter = secondsAfter;
    this.#now = now;
    this.#startedMs = now();
  }

  show(progress: Progress): void {
    const done = progress.step === progress.steps;
    const nowMs = this.#now();
    if (this.#output.isTTY === true) {
      if (!done && nowMs - this.#drawnMs < DRAW_EVERY_MS) return;
      this.#drawnMs = nowMs;
      this.#output.write(`\r${this.#line(progress, nowMs)}\x1b[K${done ? '\n' : ''}`);
      return;
    }
    const lines = Math.floor((LINES * progress.step) / progress.steps);
    if (lines === this.#lines) return;
    this.#lines = lines;
    this.#output.write(`${this.#line(progress, nowMs)}\n`);
  }

  #line({ step, steps, loss }: Progress, nowMs: number): string {
    const share = step / steps;
    const filled = Math.round(BAR_WIDTH * share);
    const bar = '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled);
    const elapsedSeconds = (nowMs - this.#startedMs) / 1000;
    const left = (elapsedSeconds * (1 - share)) / share + this.#secondsAfter(elapsedSeconds, share);
    const percent = String(Math.floor(100 * share)).padStart(3);
    return `${this.#name.padEnd(10)} [${bar}] ${percent} %  loss ${loss.toFixed(4)}  ${formatTime(left)} left in all`;
  }
}

function formatTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
