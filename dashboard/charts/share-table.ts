/** The chart as a table: the last windows at the time it was opened, for readers who prefer text. */

import type { WindowRing } from '../data/window-ring.js';
import { byId, make, setHidden, setText } from '../ui/dom.js';
import { clock, DASH, rate, wholeShares } from '../ui/format.js';

const ROWS = 20;

export class ShareTable {
  readonly #host = byId('share-table', HTMLElement);
  readonly #body = byId('share-rows', HTMLTableSectionElement);
  readonly #caption = byId('share-caption', HTMLElement);
  readonly #button = byId('table-toggle', HTMLButtonElement);

  /** `ring`: supplies the windows when the table is opened. */
  constructor(ring: () => WindowRing) {
    this.#button.addEventListener('click', () => (this.isOpen ? this.close() : this.#open(ring())));
  }

  get isOpen(): boolean {
    return !this.#host.hidden;
  }

  close(): void {
    setHidden(this.#host, true);
    setText(this.#button, 'Show as table');
    this.#button.setAttribute('aria-expanded', 'false');
  }

  #open(ring: WindowRing): void {
    const rows: HTMLElement[] = [];
    for (let index = ring.size - 1; index >= Math.max(0, ring.size - ROWS); index -= 1) {
      const [lower, upper] = [ring.at('lower', index), ring.at('upper', index)];
      const shares = wholeShares([1 - upper, upper - lower, lower]) ?? [undefined, undefined, undefined];
      const row = make('tr');
      const time = make('th', '', clock(ring.at('x', index) * 1000));
      time.setAttribute('scope', 'row');
      row.append(time, ...shares.map((share) => make('td', '', share === undefined ? DASH : `${share}%`)));
      row.append(make('td', '', rate(ring.at('rate', index))));
      rows.push(row);
    }
    const newest = ring.lastX;
    setText(
      this.#caption,
      newest === undefined ? 'No windows yet' : `The last ${rows.length} windows up to ${clock(newest * 1000)}`,
    );
    this.#body.replaceChildren(...rows);
    setHidden(this.#host, false);
    // It scrolls, so keyboard users must be able to focus it.
    this.#host.tabIndex = 0;
    setText(this.#button, 'Show as chart');
    this.#button.setAttribute('aria-expanded', 'true');
  }
}
