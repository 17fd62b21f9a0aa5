/**
 * Finds the words that weighed most in an item by leaving each out: the item's score less the score without the word. Works for any
 * text model with labels. Its rows run in the hub like everyone's, few of them, and not at all while the hub is busy.
 */

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

/** Words of one text that are tried; the rest has no weight. */
const MAX_WORDS = 32;
/** Rows a second for all streams together: what an idle hub computes in a hundredth of its time. */
const MAX_ROWS_A_SECOND = 2000;
/** With more rows than this waiting the hub has better things to do. */
const BUSY_ROWS = 64;
/** What is not explained by then is shown without, in milliseconds. */
const PATIENCE_MS = 150;
const MOST = 3;
const LEAST_WEIGHT = 0.02;

/** A letter, a digit or a mark, and what holds words together; or an emoji. */
const WORD = /[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’_-]*|\p{Extended_Pictographic}/gu;

export class Explainer {
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #origin: Origin;
  #second = 0;
  #rows = 0;

  constructor(hub: Hub, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
    this.#origin = hub.openOrigin('explainer', { internal: true });
  }

  /** Gives each item its words, where that can be had within a moment; calls back once, in any case. */
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
    if (index < 0 || score === undefined || spans.length < 2 || !this.#mayRun(spans.length)) return done();
    const input = withoutEach(text, spans);
    const settle = (outcome: Outcome): void => {
      if (outcome.ok) {
        const { arrays, firstRow } = outcome.output;
        const scoreWithout = (row: number) => arrays[0]?.[(firstRow + row) * labels.length + index] ?? score;
        item.words = heaviest(weigh(spans, score, scoreWithout));
      }
      done();
    };
    const request = { input, id: undefined, model, timeoutMs: PATIENCE_MS };
    if (!this.#hub.submit(request, this.#origin, settle).accepted) done();
  }

  #mayRun(rows: number): boolean {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#rows = 0;
    }
    if (this.#rows + rows > MAX_ROWS_A_SECOND || this.#hub.queuedRows > BUSY_ROWS) return false;
    this.#rows += rows;
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

/** The words whose weight is greatest either way, in order of the text. */
function heaviest(words: readonly WordWeight[]): readonly WordWeight[] {
  return words
    .filter(({ weight }) => Math.abs(weight) >= LEAST_WEIGHT)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, MOST)
    .sort((a, b) => a.start - b.start);
}
