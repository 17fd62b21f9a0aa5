// Shows how far the training is: one line that is written over on a terminal, a line for each tenth elsewhere.
import type { Progress } from './trainer.js';

const BAR_WIDTH = 24;
/** Between two drawings on a terminal, in milliseconds. */
const DRAW_EVERY_MS = 100;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export class ProgressBar {
  private readonly startedMs: number;
  private drawnMs = Number.NEGATIVE_INFINITY;
  private tenth = 0;

  constructor(
    private readonly output: ProgressOutput,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.startedMs = now();
  }

  show(progress: Progress): void {
    const done = progress.step === progress.steps;
    const nowMs = this.now();
    if (this.output.isTTY === true) {
      if (!done && nowMs - this.drawnMs < DRAW_EVERY_MS) return;
      this.drawnMs = nowMs;
      this.output.write(`\r${this.line(progress, nowMs)}\x1b[K${done ? '\n' : ''}`);
      return;
    }
    const tenth = Math.floor((10 * progress.step) / progress.steps);
    if (tenth === this.tenth) return;
    this.tenth = tenth;
    this.output.write(`${this.line(progress, nowMs)}\n`);
  }

  private line({ step, steps, epoch, loss }: Progress, nowMs: number): string {
    const share = step / steps;
    const filled = Math.round(BAR_WIDTH * share);
    const bar = '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled);
    const elapsedSeconds = (nowMs - this.startedMs) / 1000;
    const left = Math.ceil((elapsedSeconds * (1 - share)) / share);
    const percent = String(Math.floor(100 * share)).padStart(3);
    return `[${bar}] ${percent} %  epoch ${epoch}  loss ${loss.toFixed(4)}  ${left} s left`;
  }
}
