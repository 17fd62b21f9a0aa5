/**
 * Finds the words that weighed most in an item by leaving each out: the item's score minus the score without the word.
 * Works for any text model with labels. Its rows run in the hub like anyone's, at a low rate, and not at all while the
 * hub is busy.
 */

import { LabelScores } from '../../shared/output.js';
import type { WordWeight } from '../../shared/protocol.js';
import type { Span } from '../../shared/text/token-spans.js';
import type { CastItem } from '../contracts/broker.js';
import type { Clock } from '../contracts/clock.js';
import type { Outcome } from '../contracts/outcome.js';
import type { Hub } from '../core/hub.js';
import { weigh, withoutEach } from '../core/requests/leave-one-out.js';
import type { Origin } from '../core/requests/request.js';
import type { Stream } from './stream.js';
import type { Explain } from './streams.js';

/** Words tried per text; later words get no weight. */
const MAX_WORDS = 32;
/** Rows per second for all streams together: about one hundredth of what an idle hub can compute. */
const MAX_ROWS_A_SECOND = 2000;
/** Expected time in the engine, in milliseconds a second, for all streams together: a model may take long for a row. */
const MAX_MS_A_SECOND = 100;
/** Number of waiting rows above which the hub counts as busy. */
const BUSY_ROWS = 64;
/** Time after which an item is shown unexplained, in milliseconds. */
const PATIENCE_MS = 150;
const MOST = 3;
const LEAST_WEIGHT = 0.02;

/** Letters, digits or marks, joined by apostrophes and hyphens; or an emoji. */
const WORD = /[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’_-]*|\p{Extended_Pictographic}/gu;

export class Explainer {
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #origin: Origin;
  #second = 0;
  #rows = 0;
  #ms = 0;

  constructor(hub: Hub, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
    this.#origin = hub.openOrigin('explainer', { internal: true });
  }

  /** Attaches words to each item if that can be done soon; calls back exactly once in any case. */
  readonly explain: Explain = (stream: Stream, items, done) => {
    const open = items.filter((item) => item.words === undefined && item.item.text !== undefined);
    let left = open.length;
    let isDone = false;
    const finish = (): void => {
      if (isDone) return;
      isDone = true;
      timer?.cancel();
      done();
    };
    const timer = left === 0 ? undefined : this.#clock.setTimer(PATIENCE_MS, finish);
    const one = (): void => {
      left -= 1;
      if (left <= 0) finish();
    };
    if (left === 0) finish();
    for (const item of open) this.#explainOne(item, stream.labels, one);
  };

  #explainOne(item: CastItem, labels: readonly string[], done: () => void): void {
    const { text = '', model, label, score } = item.item;
    const index = labels.indexOf(label ?? '');
    const spans = wordsOf(text);
    if (index < 0 || score === undefined || spans.length < 2) return done();
    const rows = spans.length;
    if (!this.#mayRun(rows, this.#hub.expectedMs(model, rows, rows * text.length))) return done();
    const input = withoutEach(text, spans);
    const settle = (outcome: Outcome): void => {
      if (outcome.ok) {
        const { arrays, firstRow } = outcome.output;
        const scores = new LabelScores(outcome.model.outputs, labels.length);
        const scoreWithout = (row: number) =>
          arrays[0] === undefined ? score : scores.of(arrays[0], firstRow + row, index);
        item.words = heaviest(weigh(spans, score, scoreWithout));
      }
      done();
    };
    const request = { input, id: undefined, model, timeoutMs: PATIENCE_MS };
    if (!this.#hub.submit(request, this.#origin, settle).accepted) done();
  }

  #mayRun(rows: number, ms: number): boolean {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#rows = 0;
      this.#ms = 0;
    }
    if (this.#rows + rows > MAX_ROWS_A_SECOND || this.#ms + ms > MAX_MS_A_SECOND) return false;
    if (this.#hub.queuedRows > BUSY_ROWS) return false;
    this.#rows += rows;
    this.#ms += ms;
    return true;
  }
}

/** The first words of a text, as ranges in UTF-16 units. */
export function wordsOf(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(WORD)) {
    spans.push({ start: match.index, end: match.index + match[0].length });
    if (spans.length === MAX_WORDS) break;
  }
  return spans;
}

/** The words with the greatest absolute weight, in text order. */
function heaviest(words: readonly WordWeight[]): readonly WordWeight[] {
  return words
    .filter(({ weight }) => Math.abs(weight) >= LEAST_WEIGHT)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, MOST)
    .sort((a, b) => a.start - b.start);
}
