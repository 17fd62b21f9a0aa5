/**
 * The last hour of a stream: a ring of fine windows, a ring of coarse ones, and the gaps between them. Merges live
 * windows with those the hub kept. Knows neither sockets nor DOM.
 */

import type { StreamWindow } from '../../shared/stream-protocol.js';
import { GapLedger, type GapReason } from './gap-ledger.js';
import type { Tally } from './mood.js';
import { toneOf } from './sentiment.js';
import { type Row, WindowRing } from './window-ring.js';

export const FINE_MS = 1000;
export const COARSE_MS = 10_000;
const KEPT_MS = 3_600_000;
/** Rows a share is averaged over: five seconds, or up to thirty until enough messages are included. */
const SMOOTH_ROWS = 5;
const MAX_SMOOTH_ROWS = 30;
const ENOUGH_MESSAGES = 20;

type Counts = Tally & Pick<Row, 'x' | 'rate'>;

/** Why data is about to be missing, announced by the hub before the windows after the gap. */
interface Notice {
  readonly reason: GapReason;
  readonly missed: number | null;
}

export class History {
  readonly fine = new WindowRing(KEPT_MS / FINE_MS);
  readonly coarse = new WindowRing(KEPT_MS / COARSE_MS);
  readonly gaps = new GapLedger();
  #notice: Notice | undefined;
  /** The coarse window being filled: its start and content. */
  #filling: { at: number; counts: Counts } | undefined;

  /** The end of the newest window, in milliseconds; undefined without windows. */
  get newest(): number | undefined {
    const x = this.fine.lastX;
    return x === undefined ? undefined : x * 1000;
  }

  /** The start of the oldest window, in milliseconds; undefined without windows. */
  get oldest(): number | undefined {
    const fine = this.fine.at('x', 0) * 1000 - FINE_MS;
    const coarse = this.coarse.at('x', 0) * 1000 - COARSE_MS;
    const [least = Number.NaN] = [fine, coarse].filter((at) => !Number.isNaN(at)).sort((a, b) => a - b);
    return Number.isNaN(least) ? undefined : least;
  }

  /** An announcement of missing data; it belongs to the hole before the next window. */
  notice(notice: Notice): void {
    this.#notice = notice;
  }

  /** Live windows, oldest first. `skipped` windows were left out before them on purpose, which is not a gap. */
  append(windows: readonly StreamWindow[], skipped: number): void {
    for (const [index, window] of windows.entries())
      this.#append(countsOf(window, FINE_MS), index === 0 && skipped > 0);
  }

  /** Windows that the hub kept, of either length: existing ones win. */
  merge(windows: readonly StreamWindow[], windowMs: number): void {
    const isFine = windowMs === FINE_MS;
    const ring = isFine ? this.fine : this.coarse;
    const known = new Map<number, Counts>();
    for (const window of windows) known.set(endOf(window, windowMs), countsOf(window, windowMs));
    for (const counts of rowsOf(ring)) {
      // A coarse row may be part of its window: the hub's copy of the whole replaces it.
      const kept = known.get((Math.ceil((counts.x * 1000) / windowMs) * windowMs) / 1000);
      if (kept === undefined || total(kept) <= total(counts)) known.set(counts.x, counts);
    }
    const all = [...known.values()].sort((a, b) => a.x - b.x).slice(-ring.capacity);
    ring.clear();
    for (const counts of all) ring.append(isFine ? smoothed(counts, ring) : plain(counts));
    this.#findHoles();
  }

  clear(): void {
    this.fine.clear();
    this.coarse.clear();
    this.gaps.clear();
    this.#notice = undefined;
    this.#filling = undefined;
  }

  /** The ring to draw a stretch from: the fine one, if it covers enough of the stretch with not too many points. */
  ringFor(from: number, to: number): WindowRing {
    if (to - from > 600_000) return this.coarse;
    const first = this.fine.at('x', 0) * 1000;
    const firstCoarse = this.coarse.at('x', 0) * 1000;
    return first <= from + 2 * COARSE_MS || !(firstCoarse < first) ? this.fine : this.coarse;
  }

  /** Messages by tone in the windows that ended within a stretch. */
  tally(from: number, to: number): Tally {
    const ring = this.fine.at('x', 0) * 1000 <= from + COARSE_MS ? this.fine : this.ringFor(from, to);
    const sum = { positive: 0, neutral: 0, negative: 0 };
    for (let index = ring.after(from / 1000); index < ring.size && ring.at('x', index) * 1000 <= to; index += 1) {
      sum.positive += ring.at('positive', index);
      sum.neutral += ring.at('neutral', index);
      sum.negative += ring.at('negative', index);
    }
    return sum;
  }

  #append(counts: Counts, explained: boolean): void {
    const last = this.fine.lastX;
    if (last !== undefined && counts.x < last) return;
    if (last === counts.x) return;
    const from = last === undefined ? undefined : last * 1000;
    const to = counts.x * 1000 - FINE_MS;
    if (from !== undefined && (this.#notice !== undefined || (to > from && !explained)))
      this.gaps.add({ from, to: Math.max(from, to), ...(this.#notice ?? { reason: 'silent', missed: null }) });
    this.#notice = undefined;
    this.gaps.forget(counts.x * 1000 - KEPT_MS);
    this.fine.append(smoothed(counts, this.fine));
    this.#fillCoarse(counts);
  }

  /** The last row of the coarse ring is the window being filled, so that the line reaches the newest data. */
  #fillCoarse(counts: Counts): void {
    const at = Math.floor((counts.x * 1000 - FINE_MS) / COARSE_MS) * COARSE_MS;
    const filling = this.#filling;
    if (filling?.at === at) {
      const seconds = counts.x - at / 1000;
      const sum = add(filling.counts, counts, seconds);
      this.#filling = { at, counts: sum };
      this.coarse.replaceLast(plain(sum));
      return;
    }
    this.#filling = { at, counts };
    const last = this.coarse.lastX ?? 0;
    // The hub's own copy of the window under way: live data continues from it.
    if (counts.x <= last) this.#filling = undefined;
    else this.coarse.append(plain(counts));
  }

  #findHoles(): void {
    const start = this.fine.at('x', 0) * 1000;
    const holes = [
      ...holesOf(this.coarse, COARSE_MS).filter(({ to }) => !(to > start - FINE_MS)),
      ...holesOf(this.fine, FINE_MS),
    ];
    this.gaps.rebuild(holes);
  }
}

function holesOf(ring: WindowRing, windowMs: number): { from: number; to: number }[] {
  const holes: { from: number; to: number }[] = [];
  for (let index = 1; index < ring.size; index += 1) {
    const from = ring.at('x', index - 1) * 1000;
    const to = ring.at('x', index) * 1000 - windowMs;
    if (to - from >= windowMs) holes.push({ from, to });
  }
  return holes;
}

function endOf(window: StreamWindow, windowMs: number): number {
  return (window.at + windowMs) / 1000;
}

function countsOf(window: StreamWindow, windowMs: number): Counts {
  const sum = { positive: 0, neutral: 0, negative: 0 };
  for (const [label, { count }] of Object.entries(window.labels)) sum[toneOf(label)] += count;
  return { ...sum, x: endOf(window, windowMs), rate: window.rate };
}

function total({ positive, neutral, negative }: Tally): number {
  return positive + neutral + negative;
}

function add(a: Counts, b: Counts, seconds: number): Counts {
  const positive = a.positive + b.positive;
  const neutral = a.neutral + b.neutral;
  const negative = a.negative + b.negative;
  return { positive, neutral, negative, x: b.x, rate: (positive + neutral + negative) / seconds };
}

function* rowsOf(ring: WindowRing): Generator<Counts> {
  for (let index = 0; index < ring.size; index += 1) {
    const at = (column: keyof Row): number => ring.at(column, index);
    const tally = { positive: at('positive'), neutral: at('neutral'), negative: at('negative') };
    yield { ...tally, x: at('x'), rate: at('rate') };
  }
}

/** A row whose shares are those of its own messages. */
function plain(counts: Counts): Row {
  return rowOf(counts, counts);
}

function smoothed(counts: Counts, ring: WindowRing): Row {
  const sum = { positive: counts.positive, neutral: counts.neutral, negative: counts.negative };
  for (let back = 1; back < MAX_SMOOTH_ROWS && (back < SMOOTH_ROWS || total(sum) < ENOUGH_MESSAGES); back += 1) {
    const index = ring.size - back;
    if (index < 0 || counts.x - ring.at('x', index) > MAX_SMOOTH_ROWS) break;
    sum.positive += ring.at('positive', index);
    sum.neutral += ring.at('neutral', index);
    sum.negative += ring.at('negative', index);
  }
  return rowOf(counts, sum);
}

/** Without messages there is no share: NaN, a gap in the charts. */
function rowOf(counts: Counts, sum: Tally): Row {
  const all = total(sum);
  const upper = all > 0 ? 1 - sum.positive / all : Number.NaN;
  const lower = all > 0 ? sum.negative / all : Number.NaN;
  return { ...counts, upper, lower };
}
