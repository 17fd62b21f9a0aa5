/**
 * Answers to requests without an id, from one connection to one model, leave in request order, errors included: the caller has
 * nothing else to tell them apart by. An answer that is early waits for those before it.
 */

/** Where an answer stands in its line. To be called once, with what sends it. */
export type Place = (send: () => void) => void;

interface Standing {
  /** Undefined while the answer is not there. */
  send: (() => void) | undefined;
}

export class AnswerOrder {
  readonly #lines = new Map<string, Standing[]>();
  #held = 0;

  /** Answers that are there and wait for one before them. */
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
