/**
 * A caller with a constant number of unanswered rows over several connections of one address: what fairness must
 * protect others from.
 */

import { LeanClient } from '../load/lean-client.js';
import { FIRST_ID, predictionId, RequestFrame } from '../load/packets.js';
import { buildInputs } from '../servers/mlp.js';

export interface GreedyPlan {
  readonly port: number;
  readonly address: string;
  readonly sockets: number;
  /** Of all connections together. */
  readonly rows: number;
}

export class GreedyLoad {
  answered = 0;
  readonly #plan: GreedyPlan;
  readonly #clients: LeanClient[] = [];
  /** One per row, sent again with its own id when answered. */
  readonly #frames: readonly RequestFrame[];

  constructor(plan: GreedyPlan) {
    this.#plan = plan;
    const [input = []] = buildInputs();
    this.#frames = Array.from({ length: plan.rows }, (_, row) => {
      const frame = new RequestFrame(input);
      frame.setId(FIRST_ID + row);
      return frame;
    });
  }

  async start(): Promise<void> {
    const { sockets } = this.#plan;
    for (let i = 0; i < sockets; i++) this.#clients.push(await this.#open());
    for (const [row, { bytes }] of this.#frames.entries()) this.#clients[row % sockets]?.write(bytes);
  }

  stop(): void {
    for (const client of this.#clients) client.close();
  }

  #open(): Promise<LeanClient> {
    const { port, address } = this.#plan;
    return new Promise((resolve) => {
      const client: LeanClient = new LeanClient(
        { port, awaitHello: true, localAddress: address },
        {
          ready: () => resolve(client),
          prediction: (bytes, start, end) => {
            this.answered += 1;
            const frame = this.#frames[predictionId(bytes, start, end) - FIRST_ID];
            if (frame !== undefined) client.write(frame.bytes);
          },
          failed: (reason) => {
            throw new Error(`the greedy load: ${reason}`);
          },
        },
      );
    });
  }
}
