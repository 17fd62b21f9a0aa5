/** The box beside the cursor: the chart's values at that time. Never covers the column of current shares. */

import { TONES } from '../data/sentiment.js';
import type { WindowRing } from '../data/window-ring.js';
import { byId, setHidden, setText } from '../ui/dom.js';
import { clock, DASH, rate, span, wholeShares } from '../ui/format.js';

export class ReadOut {
  readonly #box = byId('read-out', HTMLElement);
  readonly #time = byId('read-time', HTMLElement);
  readonly #age = byId('read-age', HTMLElement);
  readonly #rate = byId('read-rate', HTMLElement);
  readonly #shares = TONES.map((tone) => byId(`read-${tone}`, HTMLElement));

  /** `left`: of the cursor, in CSS pixels from the left edge of a plot of this `width`. */
  show(ring: WindowRing, index: number, now: number, left: number, width: number): void {
    const x = ring.at('x', index);
    const lower = ring.at('lower', index);
    const upper = ring.at('upper', index);
    const shares = wholeShares([1 - upper, upper - lower, lower]);
    setHidden(this.#box, false);
    setText(this.#time, clock(x * 1000));
    setText(this.#age, `${span(now - x * 1000)} ago`);
    setText(this.#rate, `${rate(ring.at('rate', index))}/s`);
    for (const [place, node] of this.#shares.entries())
      setText(node, shares === undefined ? DASH : `${shares[place] ?? 0}%`);
    const { offsetWidth } = this.#box;
    const beside = left + 14 + offsetWidth <= width ? left + 14 : left - 14 - offsetWidth;
    this.#box.style.transform = `translate(${Math.round(Math.max(4, beside))}px, 16px)`;
  }

  hide(): void {
    setHidden(this.#box, true);
  }
}
