/** A small typed emitter. A handler that throws is reported and disturbs neither the client nor other handlers. */

import { checkHandler } from './misuse.js';

export class Emitter<Events> {
  readonly #names: readonly (keyof Events & string)[];
  readonly #handlers: { [Name in keyof Events]?: Set<(event: Events[Name]) => void> } = {};

  constructor(names: readonly (keyof Events & string)[]) {
    this.#names = names;
  }

  /** Adds a handler. Returns a function that removes it. Throws a TypeError for another name, or no function. */
  on<Name extends keyof Events>(name: Name, handler: (event: Events[Name]) => void): () => void {
    checkHandler(name, this.#names, handler);
    // Wrapped, so that a function added twice is called twice and removed once per removal.
    const entry = (event: Events[Name]): void => handler(event);
    const handlers = this.#handlers[name] ?? new Set();
    this.#handlers[name] = handlers;
    handlers.add(entry);
    return () => {
      handlers.delete(entry);
    };
  }

  /** Number of handlers of an event. */
  count(name: keyof Events): number {
    return this.#handlers[name]?.size ?? 0;
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    const handlers = this.#handlers[name];
    if (handlers === undefined) return;
    for (const handler of [...handlers]) {
      try {
        handler(event);
      } catch (error) {
        console.error(`tickcast: a handler of "${String(name)}" threw`, error);
      }
    }
  }

  /** Removes all handlers. */
  clear(): void {
    for (const name of Object.keys(this.#handlers) as (keyof Events)[]) this.#handlers[name]?.clear();
  }
}
