/** The main number: the current mood, its word, its change, and the three figures beside it. */

import { LEAST_MESSAGES, type Mood, moodWord } from '../data/mood.js';
import type { Freshness } from '../data/sight.js';
import { byId, setData, setHidden, setStyle, setText } from '../ui/dom.js';
import { clock, count, DASH, micros, microsText, type Quantity, rate, signed, span, UNKNOWN } from '../ui/format.js';

export interface MoodFigures {
  readonly mood: Mood | undefined;
  /** How many messages there are, if they are too few for a mood. */
  readonly tooFew: number | undefined;
  /** The mood at the start of the range, and how long ago that was. */
  readonly before: { readonly points: number; readonly agoMs: number } | undefined;
  /** Set when the figures are not current: their age and time. */
  readonly asOf: { readonly at: number; readonly ageMs: number } | undefined;
  readonly ratePerSecond: number | undefined;
  readonly inView: number | undefined;
  /** Of what the page showed last. */
  readonly fresh: Freshness | undefined;
}

export class MoodPanel {
  readonly #number = byId('mood', HTMLElement);
  readonly #sign = byId('mood-sign', HTMLElement);
  readonly #points = byId('mood-points', HTMLElement);
  readonly #word = byId('mood-word', HTMLElement);
  readonly #change = byId('mood-change', HTMLElement);
  readonly #changeBy = byId('mood-change-by', HTMLElement);
  readonly #ruler = byId('ruler', HTMLElement);
  readonly #messages = new Figure('stat-messages');
  readonly #inView = new Figure('stat-view');
  readonly #fresh = new Figure('stat-fresh');
  readonly #freshTail = byId('stat-fresh-tail', HTMLElement);
  readonly #phoneFresh = new Figure('phone-fresh');

  render({ mood, tooFew, before, asOf, ratePerSecond, inView, fresh }: MoodFigures): void {
    const text = mood === undefined ? DASH : signed(mood.points);
    setData(this.#number, 'empty', String(mood === undefined));
    setText(this.#sign, mood === undefined ? '' : text.slice(0, 1));
    setText(this.#points, mood === undefined ? text : text.slice(1));
    const without = tooFew === undefined ? 'No mood yet' : 'Too few messages';
    setText(this.#word, mood === undefined ? without : moodWord(mood.points));
    this.#renderChange(mood, tooFew, before, asOf);
    this.#renderRuler(mood, before);
    const typical = fresh === undefined ? UNKNOWN : micros(1000 * fresh.p50Ms);
    this.#messages.render(ratePerSecond === undefined ? UNKNOWN : perSecond(ratePerSecond));
    this.#inView.render(inView === undefined ? UNKNOWN : count(inView));
    this.#fresh.render(typical);
    setText(this.#freshTail, fresh === undefined ? '' : `p99 ${microsText(1000 * fresh.p99Ms)}`);
    this.#phoneFresh.render(typical);
  }

  #renderChange(
    mood: Mood | undefined,
    tooFew: number | undefined,
    before: MoodFigures['before'],
    asOf: MoodFigures['asOf'],
  ): void {
    if (asOf !== undefined) {
      setText(this.#changeBy, '');
      setText(this.#change, `as of ${clock(asOf.at)}, ${span(asOf.ageMs)} ago`);
    } else if (tooFew !== undefined) {
      setText(this.#changeBy, '');
      setText(this.#change, `${tooFew} of ${LEAST_MESSAGES} in the last 30 seconds`);
    } else if (mood === undefined || before === undefined) {
      setText(this.#changeBy, '');
      setText(this.#change, mood === undefined ? 'waiting for messages' : 'of the last 30 seconds');
    } else {
      const by = mood.points - before.points;
      setText(this.#changeBy, by === 0 ? 'Steady' : `${by < 0 ? '▼' : '▲'} ${Math.abs(by)}`);
      setText(this.#change, ` since ${inWords(before.agoMs)} ago`);
    }
  }

  /** A thin scale with a tail from then to now. */
  #renderRuler(mood: Mood | undefined, before: MoodFigures['before']): void {
    setHidden(this.#ruler, mood === undefined);
    if (mood === undefined) return;
    const now = (mood.points + 100) / 2;
    const then = before === undefined ? now : (before.points + 100) / 2;
    setStyle(this.#ruler, '--at', `${now}%`);
    setStyle(this.#ruler, '--from', `${Math.min(now, then)}%`);
    setStyle(this.#ruler, '--length', `${Math.abs(now - then)}%`);
  }
}

/** A figure whose unit is set smaller. */
class Figure {
  readonly #value: HTMLElement;
  readonly #unit: HTMLElement;

  constructor(id: string) {
    this.#value = byId(id, HTMLElement);
    this.#unit = byId(`${id}-unit`, HTMLElement);
  }

  render({ value, unit }: Quantity): void {
    setText(this.#value, value);
    setText(this.#unit, unit);
  }
}

function perSecond(value: number): Quantity {
  const text = rate(value);
  const unit = /[kM]$/.exec(text)?.[0] ?? '';
  return { value: text.slice(0, text.length - unit.length), unit: `${unit}/s` };
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes >= 60) return 'an hour';
  if (minutes >= 2) return `${minutes} minutes`;
  return minutes === 1 ? 'a minute' : `${Math.max(1, Math.round(ms / 1000))} seconds`;
}
