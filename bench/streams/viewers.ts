/** Many viewers of one stream over bare TCP sockets: counts their frames. Cheap, so that the server is measured. */

import { clientTextFrame } from '../load/frames.js';
import { LeanClient } from '../load/lean-client.js';

export interface ViewersPlan {
  readonly port: number;
  readonly awaitHello: boolean;
  /** Payload of the `subscribe` event. */
  readonly request: object;
  readonly failed: (reason: string) => void;
  /** Each frame: `cast` and `aggregate` begin so. */
  readonly onFrame: (bytes: Buffer, start: number, end: number) => void;
}

/** First character of the event's name in `42["cast",`. */
const NAME_AT = 4;
const CAST = 0x63;
const AGGREGATE = 0x61;

export class Viewers {
  readonly #plan: ViewersPlan;
  readonly #clients: LeanClient[] = [];

  constructor(plan: ViewersPlan) {
    this.#plan = plan;
  }

  get size(): number {
    return this.#clients.length;
  }

  /** Opens this many more, and waits until they have subscribed. */
  open(count: number): Promise<void> {
    const { port, awaitHello, request, failed, onFrame } = this.#plan;
    const subscribe = clientTextFrame(Buffer.from(`420["subscribe",${JSON.stringify(request)}]`));
    return new Promise((resolve) => {
      let waiting = count;
      if (count === 0) resolve();
      for (let i = 0; i < count; i++) {
        const client = new LeanClient(
          { port, awaitHello },
          {
            ready: () => client.write(subscribe),
            prediction: () => {},
            failed,
            other: (bytes, start, end) => {
              // `430[...]` answers the subscription.
              if (bytes[start + 1] === 0x33) {
                waiting -= 1;
                if (waiting === 0) resolve();
                return;
              }
              const name = bytes[start + NAME_AT];
              if (name === CAST || name === AGGREGATE) onFrame(bytes, start, end);
              else failed(`expected a frame, got ${bytes.toString('utf8', start, Math.min(end, start + 200))}`);
            },
          },
        );
        this.#clients.push(client);
      }
    });
  }

  /** The newest of them stop reading. */
  stall(): void {
    this.#clients.at(-1)?.pause();
  }

  /** Closes all but this many. */
  close(but = 0): void {
    for (const client of this.#clients.splice(but)) client.close();
  }
}
