/**
 * Common parts of the two charts: fixed axes, the time scale, gaps that interrupt the lines, hatches. Knows no data.
 */

import type uPlot from 'uplot';
import type { Gap } from '../data/gap-ledger.js';
import { clock } from '../ui/format.js';
import type { Tokens } from './tokens.js';

/** The visible gaps, requested at each drawing. */
export type GapSource = () => readonly Gap[];

/** Minimum width of a gap, in canvas pixels: one without a length is still a line. */
const MIN_GAP_PX = 2;

/** Seconds between two labels: uPlot's own has nothing between one minute and five, which leaves a phone a single label. */
const LABEL_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Labels of the time axis, except those that the edge would cut. */
export function timeAxis(tokens: Tokens, show: boolean): uPlot.Axis {
  if (!show) return { show: false };
  return {
    size: () => tokens.px(26),
    gap: 6,
    font: tokens.font(12),
    stroke: () => tokens.colour('muted'),
    grid: { show: false },
    ticks: { show: false },
    incrs: LABEL_STEPS,
    // A label with seconds, and room beside it.
    space: () => tokens.px(76),
    values: (plot, splits, _axis, _space, increment) => {
      const withSeconds = increment < 60 || plot.width > 600;
      const margin = tokens.px(withSeconds ? 28 : 18);
      return splits.map((seconds) => {
        const left = plot.valToPos(seconds, 'x');
        return left < margin || left > plot.width - margin ? '' : clock(seconds * 1000, withSeconds);
      });
    },
  };
}

/** Adds the known gaps to those that uPlot found; merged and in order, as it expects. */
export function cutGaps(source: GapSource): uPlot.Series.GapsRefiner {
  return (plot, series, first, last, found) => {
    const gaps: [number, number][] = found.map(([from, to]) => [from, to]);
    for (const [from, to] of quietPixels(plot, series, first, last)) gaps.push([from, to]);
    for (const [from, to] of gapPixels(plot, source())) gaps.push([from, to]);
    gaps.sort((a, b) => a[0] - b[0]);
    const merged: [number, number][] = [];
    for (const [from, to] of gaps) {
      const last = merged.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else merged.push([from, to]);
    }
    return merged;
  };
}

/** Stretches without a value, which interrupt the lines but are not hatched: nothing was lost, nobody said anything. */
function quietPixels(plot: uPlot, series: number, first: number, last: number): [number, number][] {
  const xs = plot.data[0];
  // All series of a stack are interrupted alike; the last has all the gaps.
  const values = plot.data.at(-1) ?? plot.data[series];
  const pixels: [number, number][] = [];
  const pixel = (index: number): number => plot.valToPos(xs[Math.min(last, Math.max(first, index))] ?? 0, 'x', true);
  for (let index = first; index <= last; index += 1) {
    if (!Number.isNaN(values?.[index])) continue;
    const start = index;
    while (index < last && Number.isNaN(values?.[index + 1])) index += 1;
    pixels.push([pixel(start - 1), pixel(index + 1)]);
  }
  return pixels;
}

function gapPixels(plot: uPlot, gaps: readonly Gap[]): [number, number][] {
  const { left, width } = plot.bbox;
  const pixels: [number, number][] = [];
  for (const gap of gaps) {
    const from = Math.max(left, plot.valToPos(gap.from / 1000, 'x', true));
    const to = Math.min(left + width, Math.max(plot.valToPos(gap.to / 1000, 'x', true), from + MIN_GAP_PX));
    if (to > from) pixels.push([from, to]);
  }
  return pixels;
}

/** Hatches of one colour, rebuilt when the theme changes. */
export class Hatch {
  readonly #tokens: Tokens;
  #pattern: CanvasPattern | null = null;
  #revision = -1;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  draw(plot: uPlot, gaps: readonly Gap[]): void {
    const { ctx, bbox } = plot;
    const line = devicePixelRatio;
    for (const [from, to] of gapPixels(plot, gaps)) {
      ctx.save();
      ctx.beginPath();
      ctx.rect(from, bbox.top, to - from, bbox.height);
      ctx.clip();
      ctx.fillStyle = this.#tokens.colour('background');
      ctx.fillRect(from, bbox.top, to - from, bbox.height);
      // The hatch moves with the time below it.
      ctx.translate(from, bbox.top);
      ctx.fillStyle = this.#fill(ctx);
      ctx.fillRect(0, 0, to - from, bbox.height);
      ctx.fillStyle = this.#tokens.tint('health', 0.75);
      ctx.fillRect(0, 0, line, bbox.height);
      ctx.fillRect(to - from - line, 0, line, bbox.height);
      ctx.restore();
    }
  }

  #fill(ctx: CanvasRenderingContext2D): CanvasPattern | string {
    if (this.#revision !== this.#tokens.revision || this.#pattern === null) {
      const size = Math.round(8 * devicePixelRatio);
      const tile = new OffscreenCanvas(size, size);
      const pen = tile.getContext('2d');
      if (pen !== null) {
        pen.strokeStyle = this.#tokens.tint('health', 0.4);
        pen.lineWidth = devicePixelRatio;
        pen.beginPath();
        for (const shift of [-size, 0, size]) {
          pen.moveTo(shift - 1, size + 1);
          pen.lineTo(shift + size + 1, -1);
        }
        pen.stroke();
      }
      this.#pattern = ctx.createPattern(tile, 'repeat');
      this.#revision = this.#tokens.revision;
    }
    return this.#pattern ?? this.#tokens.tint('health', 0.2);
  }
}

/** A gradient from the old end to the present, cached until the width or the theme changes. */
export class AgeTint {
  readonly #tokens: Tokens;
  readonly #name: 'positive' | 'neutral' | 'negative';
  readonly #from: number;
  readonly #to: number;
  #gradient: CanvasGradient | undefined;
  #key = '';

  constructor(tokens: Tokens, name: 'positive' | 'neutral' | 'negative', from = 0.14, to = 0.46) {
    this.#tokens = tokens;
    this.#name = name;
    this.#from = from;
    this.#to = to;
  }

  of(plot: uPlot): CanvasGradient {
    const { left, width } = plot.bbox;
    const key = `${left} ${width} ${this.#tokens.revision}`;
    if (this.#gradient === undefined || key !== this.#key) {
      this.#key = key;
      this.#gradient = plot.ctx.createLinearGradient(left, 0, left + width, 0);
      this.#gradient.addColorStop(0, this.#tokens.tint(this.#name, this.#from));
      this.#gradient.addColorStop(1, this.#tokens.tint(this.#name, this.#to));
    }
    return this.#gradient;
  }
}
