/**
 * One plain connection that sends events of many rows and reports each request's end by its id. Knows no load and no
 * rate.
 */

import { LeanClient } from '../load/lean-client.js';
import { FIRST_ID, predictionId, RequestFrame } from '../load/packets.js';

export interface Ends {
  answered(id: number): void;
  refused(id: number, code: string, retryAfterMs: number): void;
}

/** Ids of one run, never repeated; and the event of all requests. */
export class Events {
  readonly #template: RequestFrame;
  #next = FIRST_ID;

  constructor(rows: readonly (readonly number[])[]) {
    this.#template = new RequestFrame(rows);
  }

  get bytes(): number {
    return this.#template.bytes.length;
  }

  nextId(): number {
    return this.#next++;
  }

  /** A copy, since it may wait for the system to take it. */
  frame(id: number): Buffer {
    this.#template.setId(id);
    return Buffer.from(this.#template.bytes);
  }
}

const ERROR = /^42\["prediction_error",\{"id":(\d+).*?"code":"(\w+)".*?(?:"retryAfterMs":(\d+))?\}\]$/;

export class Caller {
  readonly #client: LeanClient;
  readonly #events: Events;

  private constructor(client: LeanClient, events: Events) {
    this.#client = client;
    this.#events = events;
  }

  static open(port: number, events: Events, ends: Ends): Promise<Caller> {
    return new Promise((resolve, reject) => {
      const client: LeanClient = new LeanClient(
        { port, awaitHello: true },
        {
          ready: () => resolve(new Caller(client, events)),
          prediction: (bytes, start, end) => ends.answered(predictionId(bytes, start, end)),
          other: (bytes, start, end) => {
            const [, id, code = '', retryAfterMs = '0'] = ERROR.exec(bytes.toString('latin1', start, end)) ?? [];
            if (id === undefined) throw new Error(`a packet of no request: ${bytes.toString('utf8', start, end)}`);
            ends.refused(Number(id), code, Number(retryAfterMs));
          },
          failed: (reason) => reject(new Error(`a connection of the load: ${reason}`)),
        },
      );
    });
  }

  /** Bytes that the system has not taken yet. */
  get unsentBytes(): number {
    return this.#client.unsentBytes;
  }

  send(id: number): void {
    this.#client.write(this.#events.frame(id));
  }

  close(): void {
    this.#client.close();
  }
}
