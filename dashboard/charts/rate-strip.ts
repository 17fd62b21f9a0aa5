/** Messages per second, on the same x axis as the shares. Dragging it moves through time. */

import uPlot from 'uplot';
import type { WindowRing } from '../data/window-ring.js';
import { cutGaps, type GapSource, Hatch } from './plot-base.js';
import type { Tokens } from './tokens.js';

export interface StripEvents {
  /** Dragged by this many seconds; positive: towards the past. */
  pan(seconds: number): void;
  cursor(seconds: number | undefined): void;
}

export class RateStrip {
  readonly #host: HTMLElement;
  readonly #plot: uPlot;
  readonly #events: StripEvents;
  #drawn = { ring: undefined as WindowRing | undefined, revision: -1 };

  constructor(host: HTMLElement, tokens: Tokens, gaps: GapSource, events: StripEvents) {
    this.#host = host;
    this.#events = events;
    const hatch = new Hatch(tokens);
    this.#plot = new uPlot(
      {
        width: Math.max(50, host.clientWidth),
        height: Math.max(20, host.clientHeight),
        pxAlign: 0,
        padding: [2, 0, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: true, auto: false },
          // Headroom, so that the top does not move with every message.
          y: { range: (_plot, _least, most) => [0, headroom(most)] },
        },
        series: [
          {},
          {
            stroke: () => tokens.colour('neutral'),
            width: 1.25,
            fill: () => tokens.tint('neutral', 0.18),
            gaps: cutGaps(gaps),
            points: { show: false },
            pxAlign: 0,
          },
        ],
        axes: [{ show: false }, { show: false }],
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: false, y: false, setScale: false },
        },
        hooks: {
          draw: [(plot) => hatch.draw(plot, gaps())],
          setCursor: [
            (plot) => {
              const left = plot.cursor.left ?? -1;
              if (plot.over.matches(':hover')) events.cursor(left < 0 ? undefined : plot.posToVal(left, 'x'));
            },
          ],
        },
      },
      [new Float64Array(0), new Float64Array(0)],
      host,
    );
    this.#plot.over.addEventListener('pointerleave', () => events.cursor(undefined));
    this.#followDrag();
  }

  draw(ring: WindowRing, from: number, to: number): void {
    if (this.#drawn.ring !== ring || this.#drawn.revision !== ring.revision) {
      this.#drawn = { ring, revision: ring.revision };
      this.#plot.setData([ring.view('x'), ring.view('rate')], false);
    }
    this.#plot.setScale('x', { min: from, max: to });
  }

  point(seconds: number | undefined): void {
    const left = seconds === undefined ? -10 : this.#plot.valToPos(seconds, 'x');
    this.#plot.setCursor({ left, top: seconds === undefined ? -10 : 10 }, false);
  }

  resize(): void {
    const width = Math.max(50, this.#host.clientWidth);
    const height = Math.max(20, this.#host.clientHeight);
    if (width !== this.#plot.width || height !== this.#plot.height) this.#plot.setSize({ width, height });
  }

  refresh(): void {
    this.#plot.redraw(true, true);
  }

  #followDrag(): void {
    const { over } = this.#plot;
    let last: number | undefined;
    over.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      over.setPointerCapture(event.pointerId);
      last = event.clientX;
    });
    over.addEventListener('pointermove', (event) => {
      if (last === undefined) return;
      const { min = 0, max = 0 } = this.#plot.scales.x ?? {};
      const seconds = ((event.clientX - last) / over.clientWidth) * (max - min);
      last = event.clientX;
      if (seconds !== 0) this.#events.pan(seconds);
    });
    const end = (): void => {
      last = undefined;
    };
    over.addEventListener('pointerup', end);
    over.addEventListener('pointercancel', end);
  }
}

/** Slightly above the maximum, in steps of a tenth of its magnitude. */
function headroom(most: number | null): number {
  if (most === null || !(most > 0)) return 1;
  const step = 10 ** Math.floor(Math.log10(most)) / 2;
  return Math.ceil((most * 1.15) / step) * step;
}
