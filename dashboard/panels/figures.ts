/** The page's numbers, computed from the history and the visible stretch. Knows no DOM. */

import type { History } from '../data/history.js';
import { LEAST_MESSAGES, type Mood, messagesOf, moodOf, moodWord } from '../data/mood.js';
import type { Freshness } from '../data/sight.js';
import { RANGES, type Stretch, type View } from '../data/view.js';
import { DASH, rate, signed } from '../ui/format.js';
import type { MoodFigures } from './mood-panel.js';

const MOOD_MS = 30_000;
/** Windows the rate is averaged over: a single one fluctuates. */
const RATE_ROWS = 5;

export interface PageFigures {
  readonly panel: MoodFigures;
  readonly rateText: string;
  /** The mood for the title of a hidden tab; empty without one. */
  readonly points: string;
  /** The page in a sentence, for screen readers. */
  sentence(stream: string): string;
}

export class Figures {
  readonly #history: History;
  readonly #view: View;

  constructor(history: History, view: View) {
    this.#history = history;
    this.#view = view;
  }

  /** Messages since the view was paused. */
  newer({ to }: Stretch, now: number): number {
    if (this.#view.mode !== 'paused') return 0;
    const { positive, neutral, negative } = this.#history.tally(to, now);
    return positive + neutral + negative;
  }

  of(stretch: Stretch, now: number, stale: boolean, fresh: Freshness | undefined): PageFigures {
    const history = this.#history;
    const { newest } = history;
    // Paused figures are from the moment of the pause; zoomed ones stay current, like the column beside the chart.
    const end = this.#view.mode === 'paused' ? stretch.to : Math.min(now, newest ?? now);
    const recent = history.tally(end - MOOD_MS, end);
    const messages = messagesOf(recent);
    const mood = messages < LEAST_MESSAGES ? undefined : moodOf(recent);
    const isLive = newest !== undefined && !stale;
    const seen = history.tally(stretch.from, stretch.to);
    const inView = seen.positive + seen.neutral + seen.negative;
    const ratePerSecond = isLive ? this.#rate(end) : undefined;
    const panel: MoodFigures = {
      mood,
      tooFew: mood === undefined && messages > 0 ? messages : undefined,
      before: this.#before(end),
      asOf: stale && newest !== undefined ? { at: newest, ageMs: now - newest } : undefined,
      ratePerSecond,
      inView: newest === undefined ? undefined : inView,
      fresh: isLive ? fresh : undefined,
    };
    return {
      panel,
      rateText: ratePerSecond === undefined ? DASH : rate(ratePerSecond),
      points: mood === undefined ? '' : signed(mood.points),
      sentence: (stream) => sentence(stream, mood, messages, ratePerSecond, stale),
    };
  }

  /** The mood at the start of the range, or of the known part of it. */
  #before(end: number): MoodFigures['before'] {
    const { fine, coarse } = this.#history;
    const first = Math.min(...[fine.at('x', 0), coarse.at('x', 0)].filter((x) => !Number.isNaN(x))) * 1000;
    const start = Math.max(end - RANGES[this.#view.range], first - 1000);
    if (!(end - start > 2 * MOOD_MS - 5000)) return undefined;
    const tally = this.#history.tally(start, start + MOOD_MS);
    const mood = moodOf(tally);
    return mood === undefined || messagesOf(tally) < LEAST_MESSAGES
      ? undefined
      : { points: mood.points, agoMs: end - start };
  }

  #rate(end: number): number {
    const { fine } = this.#history;
    const last = fine.after(end / 1000) - 1;
    const first = Math.max(0, last - RATE_ROWS + 1);
    let sum = 0;
    for (let index = first; index <= last; index += 1) sum += fine.at('rate', index);
    return last < first ? 0 : sum / (last - first + 1);
  }
}

function sentence(
  stream: string,
  mood: Mood | undefined,
  messages: number,
  ratePerSecond: number | undefined,
  stale: boolean,
): string {
  if (mood === undefined && messages > 0) return `${stream}: ${messages} messages, too few for a mood`;
  if (mood === undefined) return `${stream}: no messages yet`;
  const shares = `${mood.positive}% positive, ${mood.neutral}% neutral, ${mood.negative}% negative`;
  const flow = stale || ratePerSecond === undefined ? 'not live' : `${rate(ratePerSecond)} messages a second`;
  return `${stream}: mood ${signed(mood.points)}, ${moodWord(mood.points).toLowerCase()}; ${shares}; ${flow}`;
}
