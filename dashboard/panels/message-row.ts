/** One row of the list, reused. Texts are only ever inserted as text. */

import type { SampleItem } from '@tickcast/client';
import { GLYPHS, toneOf } from '../data/sentiment.js';
import { make, setHidden, setText } from '../ui/dom.js';
import { ago, whole } from '../ui/format.js';
import { markedText, spokenWords } from './marked-text.js';

/** Length of text shown before "more", in UTF-16 units. */
const CUT = 500;
/** From about this length on, a text exceeds two lines. */
const TWO_LINES = 88;

export class MessageRow {
  readonly node = make('li', 'row');
  readonly #glyph = make('span', 'glyph');
  readonly #text = make('p', 'row-text');
  readonly #bdi = make('bdi');
  readonly #meta = make('p', 'row-meta');
  readonly #label = make('span');
  readonly #age = make('span');
  readonly #said = make('span', 'visually-hidden');
  readonly #more = make('button', 'more', 'more') as HTMLButtonElement;
  readonly #score = make('span', 'row-score');
  #item: SampleItem | undefined;

  constructor() {
    this.node.dataset.row = '';
    this.node.tabIndex = -1;
    this.#glyph.setAttribute('aria-hidden', 'true');
    this.#bdi.setAttribute('dir', 'auto');
    this.#more.type = 'button';
    this.#more.tabIndex = -1;
    this.#more.addEventListener('click', () => this.toggle());
    this.#text.append(this.#bdi);
    this.#meta.append(this.#label, ' · ', this.#age, this.#said, this.#more);
    const body = make('div', 'row-body');
    body.append(this.#text, this.#meta);
    this.node.append(this.#glyph, body, this.#score);
  }

  get item(): SampleItem | undefined {
    return this.#item;
  }

  fill(item: SampleItem, now: number): void {
    this.#item = item;
    const tone = toneOf(item.label);
    this.node.dataset.tone = tone;
    this.node.classList.remove('open');
    setText(this.#glyph, GLYPHS[tone]);
    setText(this.#label, item.label ?? 'no label');
    setText(this.#score, item.score === undefined ? '' : item.score.toFixed(2));
    this.#fillText(item, CUT);
    const text = item.text ?? '';
    setHidden(this.#more, text.length <= TWO_LINES);
    setText(this.#more, 'more');
    const words = spokenWords(text, item.words ?? [], item.label);
    setText(this.#said, words === '' ? '' : `, ${words}`);
    this.age(now);
  }

  age(now: number): void {
    if (this.#item !== undefined) setText(this.#age, ago(now - this.#item.at));
  }

  /** Shows the whole text, or two lines of it again. */
  toggle(): void {
    const item = this.#item;
    if (item === undefined) return;
    const open = this.node.classList.toggle('open');
    this.#fillText(item, open ? Number.POSITIVE_INFINITY : CUT);
    setText(this.#more, open ? 'less' : 'more');
  }

  #fillText(item: SampleItem, limit: number): void {
    const text = item.text ?? JSON.stringify(item.prediction).slice(0, CUT);
    const end = wholeEnd(text, Math.min(text.length, limit));
    const words = item.text === undefined ? [] : (item.words ?? []);
    const parts = markedText(text, end, words, item.label);
    if (end < text.length) parts.push('…');
    else if (item.textLength !== undefined && item.textLength > text.length)
      parts.push(`… (${whole(item.textLength)} characters in all)`);
    this.#bdi.replaceChildren(...parts);
  }
}

/** Never splits a surrogate pair. */
function wholeEnd(text: string, end: number): number {
  const code = end < text.length ? text.charCodeAt(end) : 0;
  return code >= 0xdc00 && code <= 0xdfff ? end - 1 : end;
}
