/** Dark or light: the system's until the reader chooses, then stored. */

import { byId } from './dom.js';

const KEY = 'tickcast.theme';

export class Theme {
  readonly #system = matchMedia('(prefers-color-scheme: light)');
  readonly #button = byId('theme', HTMLButtonElement);
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
    this.#apply(stored());
    this.#button.addEventListener('click', () => this.toggle());
    this.#system.addEventListener('change', changed);
    matchMedia('(forced-colors: active)').addEventListener('change', changed);
  }

  /** Switches to the other one; back at the system's own, the choice is forgotten. */
  toggle(): void {
    const system = this.#system.matches ? 'light' : 'dark';
    const next = (document.documentElement.dataset.theme ?? system) === 'dark' ? 'light' : 'dark';
    this.#apply(next === system ? undefined : next);
    remember(next === system ? undefined : next);
    this.#changed();
  }

  #apply(theme: string | undefined): void {
    if (theme === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    this.#button.setAttribute('aria-label', `Theme: ${theme ?? 'system'}`);
  }
}

function stored(): string | undefined {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'dark' || theme === 'light' ? theme : undefined;
  } catch {
    // Storage may be forbidden: then the choice lasts as long as the page.
    return undefined;
  }
}

function remember(theme: string | undefined): void {
  try {
    if (theme === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // As above.
  }
}
