/** The bar at the top: the stream, the range, the connection in words, and the pause button. */

import type { StreamDescription } from '@tickcast/client';
import { isRange, type RangeName } from '../data/view.js';
import type { LinkText } from '../page-state.js';
import { byId, make, setAttribute, setData, setHidden, setText } from '../ui/dom.js';
import { rate } from '../ui/format.js';

export interface HeaderEvents {
  stream(name: string): void;
  range(name: RangeName): void;
  pause(): void;
  action(): void;
}

/** Maximum streams listed: the busiest of them. */
const MAX_STREAMS = 200;

export class Header {
  readonly #select = byId('stream', HTMLSelectElement);
  readonly #name = byId('stream-name', HTMLElement);
  readonly #rate = byId('stream-rate', HTMLElement);
  readonly #ranges = [...byId('ranges', HTMLElement).querySelectorAll('button')];
  readonly #word = byId('link-word', HTMLElement);
  readonly #detail = byId('link-detail', HTMLElement);
  readonly #action = byId('link-action', HTMLButtonElement);
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #pauseWord = byId('pause-word', HTMLElement);
  #listed = '';

  constructor(events: HeaderEvents) {
    this.#select.addEventListener('change', () => events.stream(this.#select.value));
    for (const button of this.#ranges) {
      button.addEventListener('click', () => {
        const name = button.dataset.range ?? null;
        if (isRange(name)) events.range(name);
      });
    }
    this.#action.addEventListener('click', () => events.action());
    this.#pause.addEventListener('click', () => events.pause());
  }

  openStreams(): void {
    this.#select.focus();
    try {
      this.#select.showPicker();
    } catch {
      // Not available everywhere, nor without a gesture: the focus is enough.
    }
  }

  streams(streams: readonly StreamDescription[], current: string | undefined, stale: boolean): void {
    const known = streams.toSorted((a, b) => b.rate - a.rate).slice(0, MAX_STREAMS);
    const names = known.map(({ stream }) => stream).toSorted();
    if (current !== undefined && !names.includes(current)) names.unshift(current);
    const key = names.join('\n');
    // A list that changes while open loses the reader's place.
    if (key !== this.#listed && document.activeElement !== this.#select) {
      this.#listed = key;
      this.#select.replaceChildren(
        ...names.map((name) => {
          const option = make('option', '', name) as HTMLOptionElement;
          option.value = name;
          return option;
        }),
      );
    }
    if (current !== undefined && this.#select.value !== current && document.activeElement !== this.#select)
      this.#select.value = current;
    setText(this.#name, current ?? '');
    const now = streams.find(({ stream }) => stream === current)?.rate;
    setText(this.#rate, now === undefined || stale ? '' : `${rate(now)}/s`);
  }

  range(name: RangeName): void {
    for (const button of this.#ranges) setAttribute(button, 'aria-pressed', String(button.dataset.range === name));
  }

  link({ word, detail, action }: LinkText): void {
    setText(this.#word, word);
    setText(this.#detail, detail);
    setText(this.#action, action);
    setHidden(this.#action, action === '');
  }

  paused(isPaused: boolean): void {
    setData(this.#pause, 'paused', String(isPaused));
    setText(this.#pauseWord, isPaused ? 'Resume' : 'Pause');
  }
}
