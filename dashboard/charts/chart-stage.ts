/** Both charts, their cursor and the single loop that draws them. Stopped while nobody looks or nothing moves. */

import type { Gap } from '../data/gap-ledger.js';
import { FINE_MS, type History } from '../data/history.js';
import type { Stretch, View } from '../data/view.js';
import type { WindowRing } from '../data/window-ring.js';
import { byId, setAttribute } from '../ui/dom.js';
import { GapMarks } from './gap-marks.js';
import { RateStrip } from './rate-strip.js';
import { ReadOut } from './read-out.js';
import { ShareChart } from './share-chart.js';
import type { Tokens } from './tokens.js';

/** Delay of the right edge, in milliseconds, so that the next window has arrived before it is needed. */
const LAG_MS = 1300;
/** Data later than this, in milliseconds, counts as missing. */
const SILENT_MS = 2500;
/** The charts are redrawn after moving this fraction of a CSS pixel: less is invisible. */
const LEAST_MOVE_PX = 0.25;

export interface StageParts {
  readonly history: History;
  readonly view: View;
  readonly tokens: Tokens;
  /** The present by the hub's clock. */
  readonly now: () => number;
  /** The reader moved the view. */
  readonly moved: () => void;
}

export class ChartStage {
  readonly #parts: StageParts;
  readonly #share: ShareChart;
  readonly #strip: RateStrip;
  readonly #readOut = new ReadOut();
  readonly #marks = new GapMarks();
  readonly #stillMotion = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #resizes: ResizeObserver;
  #frame: number | undefined;
  #isDirty = true;
  #drawn: Stretch = { from: 0, to: 0 };
  #gaps: readonly Gap[] = [];
  /** The cursor's time, in seconds. */
  #cursor: number | undefined;

  constructor(parts: StageParts) {
    this.#parts = parts;
    const { history, view, tokens, moved } = parts;
    const gaps = (): readonly Gap[] => this.#gaps;
    const cursor = (seconds: number | undefined): void => {
      this.#cursor = seconds;
      this.#strip.point(seconds);
      this.#showReadOut();
    };
    const capacity = Math.max(history.fine.capacity, history.coarse.capacity);
    this.#strip = new RateStrip(byId('rate-strip', HTMLElement), tokens, gaps, {
      pan: (seconds) => {
        view.pan(-1000 * seconds, this.edge);
        moved();
      },
      cursor: (seconds) => this.#share.point(seconds),
    });
    this.#share = new ShareChart(byId('share-chart', HTMLElement), tokens, gaps, capacity, {
      zoom: (from, to) => {
        view.zoom(1000 * from, 1000 * to, this.edge);
        moved();
      },
      cursor,
    });
    this.#resizes = new ResizeObserver(() => {
      this.#share.resize();
      this.#strip.resize();
      this.invalidate();
    });
    this.#resizes.observe(byId('share-chart', HTMLElement));
    this.#resizes.observe(byId('rate-strip', HTMLElement));
  }

  /** The newest time that may be drawn. */
  get edge(): number {
    const edge = this.#parts.now() - LAG_MS;
    return this.#stillMotion.matches ? Math.floor(edge / FINE_MS) * FINE_MS : edge;
  }

  get stretch(): Stretch {
    return this.#parts.view.stretch(this.edge, this.#parts.history.oldest);
  }

  get ring(): WindowRing {
    const { from, to } = this.stretch;
    return this.#parts.history.ringFor(from, to);
  }

  get plotHeight(): number {
    return this.#share.plotHeight;
  }

  start(): void {
    if (this.#frame !== undefined) return;
    const step = (): void => {
      this.#frame = undefined;
      this.#draw();
      if (this.#parts.view.mode === 'live') this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  /** Something other than the time changed: draws at the next frame, even while the view stands still. */
  invalidate(): void {
    this.#isDirty = true;
    if (!document.hidden) this.start();
  }

  recolour(): void {
    this.#parts.tokens.read();
    this.#share.refresh();
    this.#strip.refresh();
    this.invalidate();
  }

  /** Moves the cursor by windows, from the newest when there is none. */
  step(windows: number): void {
    const { from, to } = this.stretch;
    const ring = this.ring;
    const at = this.#cursor ?? to / 1000;
    const index = Math.min(ring.size - 1, Math.max(0, ring.after(at - 0.001) + windows));
    const seconds = Math.min(to / 1000, Math.max(from / 1000, ring.at('x', index)));
    if (!Number.isNaN(seconds)) this.#share.point(seconds);
  }

  clearCursor(): void {
    this.#share.point(undefined);
  }

  /** Describes the chart to readers who cannot see it: a list of gaps and a sentence. */
  describe(sentence: string): void {
    setAttribute(byId('share-chart', HTMLElement), 'aria-label', sentence);
  }

  /** Updates text, at most four times a second. The cursor stays in place while time moves below it. */
  refresh(): void {
    this.#marks.list(this.#gaps);
    if (this.#cursor === undefined) return;
    this.#cursor = this.#share.cursor;
    this.#strip.point(this.#cursor);
    this.#showReadOut();
  }

  close(): void {
    this.stop();
    this.#resizes.disconnect();
  }

  #draw(): void {
    const stretch = this.stretch;
    const width = this.#share.plotWidth;
    if (width === 0) return;
    const moved = Math.max(Math.abs(stretch.from - this.#drawn.from), Math.abs(stretch.to - this.#drawn.to));
    const isStill = (moved / (stretch.to - stretch.from)) * width < LEAST_MOVE_PX;
    if (isStill && !this.#isDirty) return;
    this.#isDirty = false;
    this.#drawn = stretch;
    this.#gaps = this.#currentGaps(stretch);
    const ring = this.#parts.history.ringFor(stretch.from, stretch.to);
    const [from, to] = [stretch.from / 1000, stretch.to / 1000];
    this.#share.draw(ring, from, to);
    this.#strip.draw(ring, from, to);
    this.#marks.place(this.#gaps, (ms) => this.#share.left(ms / 1000), width);
  }

  /** The known gaps, and the current one, which grows while nothing arrives. */
  #currentGaps({ to }: Stretch): readonly Gap[] {
    const { history } = this.#parts;
    const { newest } = history;
    if (newest === undefined || to - newest < SILENT_MS - LAG_MS) return history.gaps.all;
    return [...history.gaps.all, { from: newest, to, reason: 'silent', missed: null }];
  }

  #showReadOut(): void {
    const seconds = this.#cursor;
    const ring = this.ring;
    const index = seconds === undefined ? -1 : Math.min(ring.size - 1, ring.after(seconds - 0.001));
    const ms = 1000 * (seconds ?? 0);
    const isMissing = this.#gaps.some(({ from, to }) => from < ms && ms < to) || ms < ring.at('x', 0) * 1000 - 10_000;
    if (seconds === undefined || index < 0 || isMissing) return this.#readOut.hide();
    this.#readOut.show(ring, index, this.#parts.now(), this.#share.left(seconds), this.#share.plotWidth);
  }
}
