/** A small typed emitter. A handler that throws is reported and disturbs neither the client nor the other handlers. */

export class Emitter<Events> {
  readonly #handlers: { [Name in keyof Events]?: Set<(event: Events[Name]) => void> } = {};

  /** Adds a handler; the function returned removes it. */
  on<Name extends keyof Events>(name: Name, handler: (event: Events[Name]) => void): () => void {
    // A wrapper of its own, so that one function added twice is called twice and removed once.
    const entry = (event: Events[Name]): void => handler(event);
    const handlers = this.#handlers[name] ?? new Set();
    this.#handlers[name] = handlers;
    handlers.add(entry);
    return () => {
      handlers.delete(entry);
    };
  }

  /** How many handlers an event has. */
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
