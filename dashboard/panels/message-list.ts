/** The list of the newest messages: forty rows, reused, and held while a reader is in it. */

import type { SampleItem } from '@tickcast/client';
import { byId, setData, setHidden, setText } from '../ui/dom.js';
import { rate, span } from '../ui/format.js';
import { MessageRow } from './message-row.js';
import { Messages, SHOWN } from './messages.js';
import { WordTip } from './word-tip.js';

/** Minimum interval between new rows, in milliseconds. */
const STEP_MS = 250;

export interface ListFigures {
  readonly now: number;
  readonly ratePerSecond: number | undefined;
  /** Age of the newest data, when nothing new is coming. */
  readonly staleMs: number | undefined;
  /** The whole page is paused. */
  readonly paused: boolean;
}

export class MessageList {
  readonly #list = byId('newest', HTMLOListElement);
  readonly #head = byId('newest-head', HTMLElement);
  readonly #held = byId('newest-held', HTMLButtonElement);
  readonly #messages = new Messages();
  /** In the order of the page. */
  readonly #rows: MessageRow[] = [];
  readonly #tip = new WordTip(this.#list);
  #isPointedAt = false;
  #isPaused = false;
  #perSecond = 0;

  constructor() {
    this.#list.addEventListener('pointerenter', (event) => {
      this.#isPointedAt = event.pointerType === 'mouse';
    });
    this.#list.addEventListener('pointerleave', () => {
      this.#isPointedAt = false;
    });
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('focusin', (event) => {
      const row = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-row]') : null;
      for (const { node } of this.#rows) node.tabIndex = node === row ? 0 : -1;
    });
    this.#list.addEventListener('focusout', () => this.#tip.hide());
    this.#held.addEventListener('click', () => this.#release());
  }

  /** Samples of a frame, oldest first. */
  arrive(items: readonly SampleItem[]): void {
    this.#messages.arrive(items, this.#isHeld);
    if (items.length > 0) this.#perSecond = Math.min(items.length, 1000 / STEP_MS);
  }

  /** Adds one more row and updates the head, at most four times a second. */
  render({ now, ratePerSecond, staleMs, paused }: ListFigures): void {
    if (this.#isPaused && !paused) this.#messages.release();
    this.#isPaused = paused;
    const held = this.#isHeld;
    if (!held) {
      if (this.#messages.newer > 0) this.#messages.release();
      const next = this.#messages.step();
      // A backlog is not shown row by row, or the list would lag behind the chart.
      while (this.#messages.waiting > 8) this.#messages.step();
      if (next !== undefined) this.#show(now);
      else if (this.#rows[0]?.item !== this.#messages.shown[0]) this.#show(now);
    }
    for (const row of this.#rows) row.age(now);
    setHidden(this.#held, !held || paused || this.#messages.newer === 0);
    setText(this.#held, `${this.#messages.newer} newer`);
    setText(this.#head, this.#headText(ratePerSecond, staleMs));
    setData(this.#list, 'held', String(held));
  }

  focus(): void {
    this.#rows.find(({ node }) => !node.hidden)?.node.focus();
  }

  clear(): void {
    this.#messages.clear();
    this.#perSecond = 0;
    for (const { node } of this.#rows) node.remove();
    this.#rows.length = 0;
    this.#tip.hide();
  }

  get #isHeld(): boolean {
    if (this.#isPaused || this.#isPointedAt) return true;
    if (this.#list.contains(document.activeElement)) return true;
    return this.#list.scrollTop > 4 || this.#list.getBoundingClientRect().top < 0;
  }

  #headText(ratePerSecond: number | undefined, staleMs: number | undefined): string {
    if (staleMs !== undefined) return this.#rows.length === 0 ? '' : `newest from ${span(staleMs)} ago`;
    if (ratePerSecond === undefined) return '';
    return `showing ${Math.min(this.#perSecond, Math.round(ratePerSecond))} of ${rate(ratePerSecond)} a second`;
  }

  /** Updates the rows. The row of the oldest message becomes that of the newest. */
  #show(now: number): void {
    const { shown } = this.#messages;
    const first = this.#rows[0]?.item;
    const fresh = first === undefined ? shown.length : shown.indexOf(first);
    const count = fresh === -1 ? shown.length : fresh;
    for (const item of shown.slice(0, count).reverse()) {
      const row = this.#rows.length < SHOWN ? new MessageRow() : (this.#rows.pop() ?? new MessageRow());
      row.fill(item, now);
      row.node.classList.remove('fresh');
      this.#rows.unshift(row);
      this.#list.prepend(row.node);
      // To restart the tint of a reused row, the style must be absent for one frame.
      if (count <= 4) requestAnimationFrame(() => row.node.classList.add('fresh'));
    }
    if (!this.#rows.some(({ node }) => node.tabIndex === 0) && this.#rows[0] !== undefined)
      this.#rows[0].node.tabIndex = 0;
  }

  #release(): void {
    this.#list.scrollTop = 0;
    if (this.#list.contains(document.activeElement) && document.activeElement instanceof HTMLElement)
      document.activeElement.blur();
    this.#isPointedAt = false;
    if (this.#list.getBoundingClientRect().top < 0) this.#list.scrollIntoView();
    this.#messages.release();
  }

  #onKey(event: KeyboardEvent): void {
    const index = this.#rows.findIndex(({ node }) => node === document.activeElement);
    const row = this.#rows[index];
    if (row === undefined) return;
    switch (event.key) {
      case 'ArrowDown':
        this.#rows[index + 1]?.node.focus();
        break;
      case 'ArrowUp':
        this.#rows[index - 1]?.node.focus();
        break;
      case 'ArrowRight':
        this.#tip.step(row.node, 1);
        break;
      case 'ArrowLeft':
        this.#tip.step(row.node, -1);
        break;
      case 'Enter':
        row.toggle();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
