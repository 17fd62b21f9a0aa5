/**
 * Requests at a steady rate over many connections, whether or not answers come: the experience of clients uninvolved in
 * a flood.
 */

import { LatencyHistogram } from '../harness/latency-histogram.js';
import { LeanClient } from '../load/lean-client.js';
import { FIRST_ID, predictionId, RequestFrame } from '../load/packets.js';
import { buildInputs, INPUT_COUNT } from '../servers/mlp.js';

export interface SteadyPlan {
  readonly port: number;
  readonly sockets: number;
  readonly perSecond: number;
}

export class SteadyLoad {
  readonly latencyUs = new LatencyHistogram();
  /** Answered with an error, such as OVERLOADED. */
  refused = 0;
  readonly #plan: SteadyPlan;
  readonly #clients: LeanClient[] = [];
  readonly #inputs = buildInputs();
  readonly #sentAt = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;

  constructor(plan: SteadyPlan) {
    this.#plan = plan;
  }

  async start(): Promise<void> {
    const { port, sockets, perSecond } = this.#plan;
    for (let i = 0; i < sockets; i++) this.#clients.push(await this.#open(port));
    const startedAt = performance.now();
    // Evenly spaced: in a burst, the last request would wait for the first.
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      while (this.#sent < due) this.#send();
    }, 1);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const client of this.#clients) client.close();
  }

  #send(): void {
    const number = this.#sent++;
    const frame = new RequestFrame(this.#inputs[number % INPUT_COUNT] ?? []);
    frame.setId(FIRST_ID + number);
    this.#sentAt.set(FIRST_ID + number, performance.now());
    this.#clients[number % this.#clients.length]?.write(frame.bytes);
  }

  #open(port: number): Promise<LeanClient> {
    return new Promise((resolve) => {
      const client: LeanClient = new LeanClient(
        { port, awaitHello: true },
        {
          ready: () => resolve(client),
          prediction: (bytes, start, end) => {
            const id = predictionId(bytes, start, end);
            const sentAt = this.#sentAt.get(id);
            if (sentAt === undefined) throw new Error(`an answer that nobody waits for: ${id}`);
            this.#sentAt.delete(id);
            this.latencyUs.record((performance.now() - sentAt) * 1000);
          },
          other: () => {
            this.refused += 1;
          },
          failed: (reason) => {
            throw new Error(`the steady load: ${reason}`);
          },
        },
      );
    });
  }
}
