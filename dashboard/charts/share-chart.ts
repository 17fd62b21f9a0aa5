/** The shares over time: negative at the bottom, neutral, positive on top. Only draws; decides nothing about time. */

import uPlot from 'uplot';
import type { WindowRing } from '../data/window-ring.js';
import { AgeTint, cutGaps, type GapSource, Hatch, timeAxis } from './plot-base.js';
import type { Tokens } from './tokens.js';

export interface ChartEvents {
  /** The reader dragged over a stretch; in seconds. */
  zoom(from: number, to: number): void;
  /** The cursor is over this second, or over none. */
  cursor(seconds: number | undefined): void;
}

/** Up to this span, points are far enough apart for straight lines between them to show. */
const CURVED_SECONDS = 150;

export class ShareChart {
  readonly #host: HTMLElement;
  readonly #plot: uPlot;
  readonly #ones: Float64Array;
  readonly #events: ChartEvents;
  #drawn = { ring: undefined as WindowRing | undefined, revision: -1 };

  constructor(host: HTMLElement, tokens: Tokens, gaps: GapSource, capacity: number, events: ChartEvents) {
    this.#host = host;
    this.#events = events;
    this.#ones = new Float64Array(capacity).fill(1);
    const hatch = new Hatch(tokens);
    const [positive, neutral, negative] = [
      new AgeTint(tokens, 'positive'),
      new AgeTint(tokens, 'neutral', 0.14, 0.3),
      new AgeTint(tokens, 'negative'),
    ];
    const linear = uPlot.paths.linear?.();
    const curved = uPlot.paths.spline?.();
    const paths: uPlot.Series.PathBuilder = (plot, ...rest) => {
      const { min = 0, max = 0 } = plot.scales.x ?? {};
      const build = max - min > CURVED_SECONDS ? linear : curved;
      return build?.(plot, ...rest) ?? null;
    };
    const series = (stroke: () => string, width: number, fill?: (plot: uPlot) => CanvasGradient): uPlot.Series => ({
      stroke,
      width,
      paths,
      gaps: cutGaps(gaps),
      points: { show: false },
      pxAlign: 0,
      ...(fill === undefined ? {} : { fill }),
    });
    const { width, height } = sizeOf(host);
    this.#plot = new uPlot(
      {
        width,
        height,
        pxAlign: 0,
        padding: [0, 0, 0, 0],
        legend: { show: false },
        scales: { x: { time: true, auto: false }, y: { range: () => [0, 1] } },
        series: [
          {},
          series(() => 'transparent', 0),
          series(() => tokens.colour('positive'), 1.75),
          series(
            () => tokens.colour('negative'),
            1.75,
            (plot) => negative.of(plot),
          ),
        ],
        bands: [
          { series: [1, 2], fill: (plot) => positive.of(plot) as unknown as string },
          { series: [2, 3], fill: (plot) => neutral.of(plot) as unknown as string },
        ],
        axes: [timeAxis(tokens, true), { show: false }],
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false, dist: 6 },
        },
        hooks: {
          draw: [
            (plot) => {
              hatch.draw(plot, gaps());
              drawHalf(plot, tokens);
            },
          ],
          setSelect: [(plot) => this.#select(plot)],
          setCursor: [() => this.#events.cursor(this.cursor)],
        },
      },
      [new Float64Array(0), new Float64Array(0), new Float64Array(0), new Float64Array(0)],
      host,
    );
    this.#followTouch();
  }

  /** In CSS pixels, from uPlot's last layout: querying the document would force a layout at every frame. */
  get plotWidth(): number {
    return Math.round(this.#plot.bbox.width / devicePixelRatio);
  }

  get plotHeight(): number {
    return Math.round(this.#plot.bbox.height / devicePixelRatio);
  }

  /** Draws a stretch of a ring, in seconds. */
  draw(ring: WindowRing, from: number, to: number): void {
    const isSame = this.#drawn.ring === ring && this.#drawn.revision === ring.revision;
    if (!isSame) {
      this.#drawn = { ring, revision: ring.revision };
      const ones = this.#ones.subarray(0, ring.size);
      this.#plot.setData([ring.view('x'), ones, ring.view('upper'), ring.view('lower')], false);
    }
    this.#plot.setScale('x', { min: from, max: to });
  }

  /** Position of a time, in CSS pixels from the left edge. */
  left(seconds: number): number {
    return this.#plot.valToPos(seconds, 'x');
  }

  /** The time below the cursor. */
  get cursor(): number | undefined {
    const left = this.#plot.cursor.left ?? -1;
    return left < 0 ? undefined : this.#plot.posToVal(left, 'x');
  }

  /** Moves the cursor to a time, or removes it. */
  point(seconds: number | undefined): void {
    const left = seconds === undefined ? -10 : this.#plot.valToPos(seconds, 'x');
    this.#plot.setCursor({ left, top: seconds === undefined ? -10 : 10 });
  }

  resize(): void {
    const { width, height } = sizeOf(this.#host);
    if (width !== this.#plot.width || height !== this.#plot.height) this.#plot.setSize({ width, height });
  }

  /** Colours or font sizes changed. */
  refresh(): void {
    this.#plot.redraw(true, true);
  }

  #select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 6) return;
    this.#events.zoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  /** uPlot follows only the mouse: this puts the cursor where a finger touches. */
  #followTouch(): void {
    const { over } = this.#plot;
    const follow = (event: PointerEvent): void => {
      if (event.pointerType === 'mouse') return;
      const { left } = over.getBoundingClientRect();
      this.#plot.setCursor({ left: event.clientX - left, top: 10 });
    };
    over.addEventListener('pointerdown', follow);
    over.addEventListener('pointermove', follow);
  }
}

function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: Math.max(50, host.clientWidth), height: Math.max(80, host.clientHeight) };
}

/** The line at one half, as a visual reference. */
function drawHalf(plot: uPlot, tokens: Tokens): void {
  const { ctx, bbox } = plot;
  const y = bbox.top + bbox.height / 2;
  ctx.save();
  ctx.strokeStyle = tokens.tint('text', 0.35);
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([1.5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
