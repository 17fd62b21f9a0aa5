/** The visible stretch of time, and whether it follows the newest data. Knows no DOM and no clock. */

export const RANGES = { '1m': 60_000, '5m': 300_000, '15m': 900_000, '1h': 3_600_000 } as const;
export type RangeName = keyof typeof RANGES;
const DEFAULT_RANGE: RangeName = '5m';

/** `zoomed`: the reader looks at a stretch of the past. */
export type ViewMode = 'live' | 'paused' | 'zoomed';

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const MIN_SPAN_MS = 10_000;
/** A view that is not zoomed shows at least this much, however little there is yet. */
const LEAST_LIVE_MS = 60_000;
const MAX_AGE_MS = 3_600_000;

export function isRange(name: string | null): name is RangeName {
  return name !== null && Object.hasOwn(RANGES, name);
}

/** Times are milliseconds; `edge` is the newest time that could be drawn. */
export class View {
  #range: RangeName = DEFAULT_RANGE;
  #mode: ViewMode = 'live';
  #span: number = RANGES[DEFAULT_RANGE];
  /** Where the stretch ends, unless it is live. */
  #to = 0;

  get mode(): ViewMode {
    return this.#mode;
  }

  get range(): RangeName {
    return this.#range;
  }

  get span(): number {
    return this.#span;
  }

  /** @param oldest where the data begins, if there is any: the empty time before it is left out, unless zoomed. */
  stretch(edge: number, oldest = Number.NEGATIVE_INFINITY): Stretch {
    const to = this.#mode === 'live' ? edge : this.#to;
    if (this.#mode === 'zoomed') return { from: to - this.#span, to };
    return { from: Math.max(to - this.#span, Math.min(oldest, to - LEAST_LIVE_MS)), to };
  }

  /** Selects a range: a paused view keeps its end, a zoomed one returns to the newest data. */
  choose(range: RangeName): void {
    this.#range = range;
    this.#span = RANGES[range];
    if (this.#mode === 'zoomed') this.#mode = 'live';
  }

  pause(edge: number): void {
    if (this.#mode === 'live') this.#to = edge;
    this.#mode = 'paused';
  }

  live(): void {
    this.#mode = 'live';
    this.#span = RANGES[this.#range];
  }

  zoom(from: number, to: number, edge: number): void {
    this.#span = Math.min(MAX_AGE_MS, Math.max(MIN_SPAN_MS, to - from));
    this.#settle((from + to) / 2 + this.#span / 2, edge);
  }

  /** Keeps the middle: 0.5 shows half as much. */
  zoomBy(factor: number, edge: number, oldest?: number): void {
    const { from, to } = this.stretch(edge, oldest);
    const middle = (from + to) / 2;
    const half = ((to - from) / 2) * factor;
    this.zoom(middle - half, middle + half, edge);
  }

  pan(byMs: number, edge: number): void {
    this.#settle(this.stretch(edge).to + byMs, edge);
  }

  /** A fixed view stays within the hour that is kept; a paused one stays paused. */
  #settle(to: number, edge: number): void {
    this.#to = Math.min(edge, Math.max(to, Math.min(edge, edge - MAX_AGE_MS + this.#span)));
    if (this.#mode === 'live') this.#mode = 'zoomed';
  }
}
