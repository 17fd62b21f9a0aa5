/** One stream of the scripted hub: one-second windows that follow a script, the same for the same seed and second. */

import type { SampleItem, StreamWindow } from '../../shared/stream-protocol.js';
import { LABELS, sampleOf, TEXTS } from './scripted-words.js';

export interface StreamScript {
  /** Messages per second. */
  rate: number;
  /** Shares of positive and negative, each 0 to 1, at this second from the start (negative: before it). */
  mood: (second: number) => { readonly positive: number; readonly negative: number };
  /** Texts of the samples, in turn; undefined: those of the words file. */
  texts: readonly string[] | undefined;
  /** Seconds of past at the start. */
  pastSeconds: number;
  labels: readonly string[];
  /** Samples per second. */
  samples: number;
}

/** The day of a launch: a dip two minutes ago, good since. */
function launch(second: number): { positive: number; negative: number } {
  const dip = Math.exp(-(((second + 165) / 28) ** 2)) * 0.24;
  const wave = 0.035 * Math.sin(second / 17) + 0.02 * Math.sin(second / 7.3 + 1);
  return { positive: 0.52 - dip + wave, negative: 0.17 + dip * 0.8 - wave * 0.6 };
}

const DEFAULTS: StreamScript = {
  rate: 84,
  mood: launch,
  texts: undefined,
  pastSeconds: 3600,
  labels: LABELS,
  samples: 4,
};

export class ScriptedStream {
  readonly name: string;
  readonly epoch: string;
  readonly script: StreamScript;
  /** The last hour in seconds, oldest first; without samples. */
  readonly windows: StreamWindow[] = [];
  readonly #seed: number;
  readonly #startedAt: number;
  #next: number;
  #texts = 0;
  offset = 0;
  /** Windows to leave out before the next frame, and those already left out. */
  skipNext = 0;
  skipped = 0;
  /** Failed predictions in the next window. */
  failNext = 0;

  constructor(name: string, epoch: string, seed: number, script: Partial<StreamScript>, now: number) {
    this.name = name;
    this.epoch = epoch;
    this.script = { ...DEFAULTS, ...script };
    this.#seed = seed;
    this.#startedAt = Math.floor(now / 1000);
    this.#next = this.#startedAt - this.script.pastSeconds;
    this.roll(now);
  }

  get labels(): readonly string[] {
    return this.script.labels;
  }

  /** Closes the windows that are over; returns them with samples. */
  roll(now: number): StreamWindow[] {
    const closed: StreamWindow[] = [];
    for (; this.#next + 1 <= now / 1000; this.#next += 1) {
      const window = this.#window(this.#next);
      this.windows.push(window);
      closed.push({ ...window, samples: this.#samples(window) });
    }
    if (this.windows.length > 3600) this.windows.splice(0, this.windows.length - 3600);
    return closed.slice(-10);
  }

  /** What a hub keeps: the last 300 seconds, or an hour in windows of ten. */
  past(windowMs: number): StreamWindow[] {
    if (windowMs === 1000) return this.windows.slice(-300);
    const groups = new Map<number, StreamWindow[]>();
    for (const window of this.windows) {
      const at = Math.floor(window.at / windowMs) * windowMs;
      groups.set(at, [...(groups.get(at) ?? []), window]);
    }
    const size = windowMs / 1000;
    return [...groups].filter(([, group]) => group.length === size).map(([at, group]) => merge(at, group, size));
  }

  #window(second: number): StreamWindow {
    const { rate, mood, labels } = this.script;
    const noise = (salt: number): number => hash(this.#seed, second, salt) - 0.5;
    const count = rate <= 0 ? 0 : Math.max(0, Math.round(rate * (1 + 0.16 * noise(1)) + (rate < 5 ? noise(4) : 0)));
    const shares = mood(second - this.#startedAt);
    const spread = 0.5 / Math.sqrt(Math.max(1, rate));
    const positive = part(count, shares.positive, spread * noise(2));
    const negative = Math.min(count - positive, part(count, shares.negative, spread * noise(3)));
    const counts: Record<string, number> = { negative, neutral: count - positive - negative, positive };
    this.offset += count;
    const failed = this.failNext;
    this.failNext = 0;
    const p50 = { queueUs: 150, batchUs: 240, inferUs: 690, totalUs: 2400 + Math.round(200 * noise(5)) };
    return {
      at: second * 1000,
      offset: this.offset,
      count,
      failed,
      rate: count,
      labels: Object.fromEntries(
        labels.map((label) => [
          label,
          { count: counts[label] ?? 0, mean: count === 0 ? 0 : (counts[label] ?? 0) / count },
        ]),
      ),
      ...(count === 0 ? {} : { p50, p99: { queueUs: 900, batchUs: 1600, inferUs: 2300, totalUs: 4800 } }),
    };
  }

  #samples({ at, count, labels }: StreamWindow): SampleItem[] {
    const size = Math.min(count, this.script.samples);
    return Array.from({ length: size }, (_, index) => {
      const turn = this.#texts++;
      const draw = hash(this.#seed, turn, 7);
      const positive = (labels.positive?.count ?? 0) / count;
      const negative = (labels.negative?.count ?? 0) / count;
      const label = draw < positive ? 'positive' : draw < positive + negative ? 'negative' : 'neutral';
      const texts = this.script.texts ?? TEXTS[label];
      const text = texts[turn % texts.length] ?? '';
      const score = 0.58 + 0.4 * hash(this.#seed, turn, 8);
      return sampleOf(text, label, Number(score.toFixed(2)), this.offset - size + index + 1, at + 250 * index + 200);
    });
  }
}

/** A share may be exactly 0 or 1: then noise does not change it. */
function part(count: number, share: number, noise: number): number {
  const moved = share <= 0 || share >= 1 ? share : Math.min(1, Math.max(0, share + noise));
  return Math.round(count * moved);
}

function merge(at: number, group: readonly StreamWindow[], seconds: number): StreamWindow {
  const count = group.reduce((sum, window) => sum + window.count, 0);
  const labels: Record<string, { count: number; mean: number }> = {};
  for (const window of group) {
    for (const [label, value] of Object.entries(window.labels)) {
      const known = labels[label] ?? { count: 0, mean: 0 };
      labels[label] = { count: known.count + value.count, mean: known.mean };
    }
  }
  const last = group.at(-1);
  return {
    at,
    offset: last?.offset ?? 0,
    count,
    failed: 0,
    rate: count / seconds,
    labels,
    ...(last?.p50 === undefined ? {} : { p50: last.p50 }),
  };
}

/** A number from 0 to 1 from three integers. */
function hash(a: number, b: number, c: number): number {
  let h =
    Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(b ^ 0x27d4eb2f, 0xc2b2ae35) ^
    Math.imul(c + 0x165667b1, 0x27d4eb2d);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}
