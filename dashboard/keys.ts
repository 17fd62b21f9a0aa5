/** The page's keyboard shortcuts, and the dialog that lists them. Inactive in input fields; can be turned off. */

import type { RangeName } from './data/view.js';
import { byId } from './ui/dom.js';

export interface KeyActions {
  pause(): void;
  live(): void;
  range(name: RangeName): void;
  zoom(factor: number): void;
  cursor(steps: number): void;
  stream(): void;
  tryIt(): void;
  newest(): void;
  theme(): void;
  escape(): void;
}

const STORED = 'tickcast.keys';
const RANGE_KEYS: Readonly<Record<string, RangeName>> = { '1': '1m', '2': '5m', '3': '15m', '4': '1h' };

export function bindKeys(actions: KeyActions): void {
  const help = byId('help', HTMLDialogElement);
  const on = byId('keys-on', HTMLInputElement);
  byId('help-open', HTMLButtonElement).addEventListener('click', () => help.showModal());
  help.addEventListener('click', (event) => {
    if (event.target === help) help.close();
  });
  on.checked = recall() !== 'off';
  on.addEventListener('change', () => keep(on.checked ? 'on' : 'off'));

  const simple: Readonly<Record<string, () => void>> = {
    l: actions.live,
    '+': () => actions.zoom(0.5),
    '=': () => actions.zoom(0.5),
    '-': () => actions.zoom(2),
    s: actions.stream,
    t: actions.tryIt,
    n: actions.newest,
    d: actions.theme,
    '?': () => help.showModal(),
  };

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (event.key === 'Escape') {
      if (isField(target)) target.blur();
      actions.escape();
      return;
    }
    if (isField(target) || !on.checked) return;
    const range = RANGE_KEYS[event.key];
    const act = simple[event.key.toLowerCase()];
    if (event.key === ' ') {
      // On a button, the space bar presses it.
      if (target.closest('button') !== null) return;
      actions.pause();
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      actions.cursor((event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 10 : 1));
    } else if (range !== undefined) {
      actions.range(range);
    } else if (act !== undefined) {
      act();
    } else {
      return;
    }
    event.preventDefault();
  });
}

function isField(node: HTMLElement): boolean {
  return node.matches('input:not([type="checkbox"]), textarea, select');
}

function recall(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function keep(value: string): void {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // Storage may be forbidden: then the choice lasts as long as the page.
  }
}
