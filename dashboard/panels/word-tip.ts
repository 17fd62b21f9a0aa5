/** One word's effect on a score, shown beside the word pointed at. One box for the whole list. */

import { byId, setHidden, setText } from '../ui/dom.js';

export class WordTip {
  readonly #tip = byId('word-tip', HTMLElement);
  readonly #word = byId('word-tip-word', HTMLElement);
  readonly #pull = byId('word-tip-pull', HTMLElement);
  #shown: HTMLElement | undefined;

  constructor(list: HTMLElement) {
    list.addEventListener('pointerover', (event) => this.#follow(event.target));
    list.addEventListener('pointerleave', () => this.hide());
    list.addEventListener('click', (event) => this.#follow(event.target));
    list.addEventListener('scroll', () => this.hide(), { passive: true });
  }

  /** Steps through the words of a row, for the keyboard. */
  step(row: HTMLElement, by: 1 | -1): void {
    const words = [...row.querySelectorAll<HTMLElement>('.word')];
    const at = this.#shown === undefined ? -1 : words.indexOf(this.#shown);
    const next = words[at === -1 ? (by === 1 ? 0 : words.length - 1) : at + by];
    if (next === undefined) this.hide();
    else this.show(next);
  }

  show(word: HTMLElement): void {
    this.#shown?.classList.remove('pointed');
    this.#shown = word;
    word.classList.add('pointed');
    setText(this.#word, word.textContent ?? '');
    setText(this.#pull, ` pulled ${word.dataset.pull ?? ''}`);
    setHidden(this.#tip, false);
    // The first line of a word broken over two.
    const box = word.getClientRects()[0] ?? word.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.#tip;
    const left = Math.min(Math.max(8, box.left + box.width / 2 - offsetWidth / 2), innerWidth - offsetWidth - 8);
    const below = box.bottom + 8 + offsetHeight <= innerHeight;
    const top = below ? box.bottom + 8 : box.top - 8 - offsetHeight;
    this.#tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  hide(): void {
    this.#shown?.classList.remove('pointed');
    this.#shown = undefined;
    setHidden(this.#tip, true);
  }

  #follow(target: EventTarget | null): void {
    const word = target instanceof HTMLElement ? target.closest<HTMLElement>('.word') : null;
    if (word === null) this.hide();
    else if (word !== this.#shown) this.show(word);
  }
}
