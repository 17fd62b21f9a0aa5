/** The phone layout: one part of the page at a time, and the ranges below the chart. */

import { byId, setAttribute } from '../ui/dom.js';

export type TabName = 'live' | 'try' | 'hub';

export class Tabs {
  readonly #buttons = [...document.querySelectorAll<HTMLButtonElement>('.tabs button')];

  /** `changed`: the charts may have another size or be visible again. */
  constructor(changed: () => void) {
    for (const button of this.#buttons) {
      button.addEventListener('click', () => {
        this.open(button.dataset.tab as TabName);
        scrollTo({ top: 0 });
        changed();
      });
    }
    const narrow = matchMedia('(max-width: 37.5em)');
    const ranges = byId('ranges', HTMLElement);
    const place = (): void => byId(narrow.matches ? 'phone-ranges' : 'wide-ranges', HTMLElement).append(ranges);
    narrow.addEventListener('change', place);
    place();
  }

  open(name: TabName): void {
    document.documentElement.dataset.tab = name;
    for (const button of this.#buttons) {
      if (button.dataset.tab === name) setAttribute(button, 'aria-current', 'page');
      else button.removeAttribute('aria-current');
    }
  }
}
