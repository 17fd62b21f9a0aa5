/**
 * Gaps in words: a chip over each visible band, and a list of all for readers who cannot see the bands. Both are
 * bounded.
 */

import { type Gap, gapText } from '../data/gap-ledger.js';
import { byId, make, setHidden, setText } from '../ui/dom.js';
import { clock } from '../ui/format.js';

const MAX_CHIPS = 8;
const MAX_LISTED = 20;

interface Chip {
  readonly node: HTMLElement;
  readonly title: HTMLElement;
  readonly detail: HTMLElement;
  width: number;
}

export class GapMarks {
  readonly #list = byId('gaps', HTMLUListElement);
  readonly #chips: Chip[] = [];
  #listed = '';

  constructor() {
    const host = byId('gap-chips', HTMLElement);
    for (let count = 0; count < MAX_CHIPS; count += 1) {
      const chip = { node: make('div', 'gap-chip'), title: make('b'), detail: make('span'), width: 0 };
      chip.node.append(chip.title, chip.detail);
      chip.node.hidden = true;
      host.append(chip.node);
      this.#chips.push(chip);
    }
  }

  /** Places the chips; of overlapping ones the newer is shown. */
  place(gaps: readonly Gap[], left: (ms: number) => number, width: number): void {
    let used = 0;
    let free = width;
    for (const gap of gaps.toReversed()) {
      const chip = this.#chips[used];
      if (chip === undefined) break;
      const [from, to] = [left(gap.from), left(gap.to)];
      if (to < 0 || from > width) continue;
      const [title, detail] = gapText(gap);
      const isNew = chip.node.hidden || chip.title.textContent !== title || chip.detail.textContent !== detail;
      setText(chip.title, title);
      setText(chip.detail, detail);
      setHidden(chip.node, false);
      if (isNew) chip.width = chip.node.offsetWidth;
      const middle = (Math.max(0, from) + Math.min(width, to)) / 2;
      const at = Math.min(middle - chip.width / 2, width - chip.width - 8);
      const start = Math.max(8, at);
      if (start + chip.width + 4 > free && free < width) continue;
      free = start;
      used += 1;
      chip.node.style.transform = `translate(${start.toFixed(1)}px, 8px)`;
    }
    for (const { node } of this.#chips.slice(used)) setHidden(node, true);
  }

  /** Renews the list for screen readers, if it changed. */
  list(gaps: readonly Gap[]): void {
    const lines = gaps.slice(-MAX_LISTED).map((gap) => {
      const [title, detail] = gapText(gap);
      return { text: `${clock(gap.from)} to ${clock(gap.to)}: ${title}, ${detail}`, reason: gap.reason };
    });
    const key = lines.map(({ text }) => text).join('\n');
    if (key === this.#listed) return;
    this.#listed = key;
    this.#list.replaceChildren(
      ...lines.map(({ text, reason }) => {
        const item = make('li', '', text);
        item.dataset.gap = reason;
        return item;
      }),
    );
  }
}
