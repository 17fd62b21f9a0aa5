/**
 * Answers to requests without an id, from one connection to one model, are sent in request order, errors included: the
 * caller has no other way to match them. An early answer waits for those before it.
 */

/** An answer's place in the order. Call once, with the function that sends it. */
export type Place = (send: () => void) => void;

interface Standing {
  /** Undefined until the answer exists. */
  send: (() => void) | undefined;
}

export class AnswerOrder {
  readonly #lines = new Map<string, Standing[]>();
  #held = 0;

  /** Number of answers that wait for an earlier one. */
  get held(): number {
    return this.#held;
  }

  /** Takes the next place for this model. */
  enter(model: string): Place {
    let line = this.#lines.get(model);
    if (line === undefined) {
      line = [];
      this.#lines.set(model, line);
    }
    const places = line;
    const place: Standing = { send: undefined };
    places.push(place);
    return (send) => {
      place.send = send;
      this.#held += 1;
      if (places[0] !== place) return;
      let sent = 0;
      while (places[sent]?.send !== undefined) {
        places[sent]?.send?.();
        sent += 1;
      }
      this.#held -= sent;
      places.splice(0, sent);
      if (places.length === 0) this.#lines.delete(model);
    };
  }
}
