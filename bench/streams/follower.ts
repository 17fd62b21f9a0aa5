/**
 * A lean connection that stays with a stream while its hub drains: told to go, it opens a connection to the next hub at
 * a random time within the spread, begins there, and then closes the first, as the SDK does.
 */

import { clientTextFrame } from '../load/frames.js';
import { LeanClient } from '../load/lean-client.js';

export interface FollowerPlan {
  /** Port of the hub that takes new connections. */
  readonly port: () => number;
  /** Payload of its `subscribe` event; undefined for a publisher. */
  readonly request: object | undefined;
  readonly failed: (reason: string) => void;
  /** Each `cast` frame. */
  readonly onFrame: (bytes: Buffer, start: number, end: number) => void;
  /** Longest wait after the hub's word to go, in milliseconds. */
  readonly spreadMs: number;
}

const NAME_AT = 4;
const CAST = Buffer.from('cast"');
const GOAWAY = Buffer.from('goaway"');
/** `430[...]` answers the subscription. */
const REPLY = Buffer.from('430');

export class Follower {
  readonly #plan: FollowerPlan;
  #client: LeanClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOpening = false;
  #closed = false;

  constructor(plan: FollowerPlan) {
    this.#plan = plan;
  }

  /** Resolves when it has begun: subscribed, or ready to publish. */
  open(): Promise<void> {
    const { port, request, failed, onFrame } = this.#plan;
    this.#isOpening = true;
    return new Promise((resolve) => {
      const begun = (): void => {
        this.#isOpening = false;
        this.#client?.close();
        this.#client = client;
        if (this.#closed) client.close();
        resolve();
      };
      const client: LeanClient = new LeanClient(
        { port: port(), awaitHello: true },
        {
          ready: () => {
            if (request === undefined) begun();
            else client.write(clientTextFrame(Buffer.from(`420["subscribe",${JSON.stringify(request)}]`)));
          },
          prediction: () => {},
          failed: (reason) => {
            if (this.#closed) return;
            // The hub was gone before its word to go was followed.
            if (this.#timer === undefined || client !== this.#client) failed(reason);
            else if (!this.#isOpening) this.#open();
          },
          other: (bytes, start, end) => {
            if (isAt(bytes, start, REPLY)) begun();
            else if (isAt(bytes, start + NAME_AT, CAST)) onFrame(bytes, start, end);
            else if (isAt(bytes, start + NAME_AT, GOAWAY)) this.#follow();
          },
        },
      );
    });
  }

  publish(packet: Buffer): void {
    this.#client?.write(packet);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#client?.close();
  }

  #follow(): void {
    this.#timer ??= setTimeout(() => this.#open(), Math.random() * this.#plan.spreadMs);
  }

  #open(): void {
    if (!this.#isOpening && !this.#closed) void this.open();
  }
}

function isAt(bytes: Buffer, at: number, word: Buffer): boolean {
  return bytes.compare(word, 0, word.length, at, at + word.length) === 0;
}
