/**
 * Sends made-up messages to one stream at an even rate, through the SDK over a real socket. Knows the SDK and the
 * demo's texts; knows no process.
 */

import { connect, type TickcastClient } from '../../client/index.js';
import { Grammar } from '../../demo/text/grammar.js';
import { messageOf } from '../../shared/words/message-of.js';
import type { LoadCounts, PublisherPlan } from './load-messages.js';

const STEP_MS = 5;
/** After a pause of the process it continues from now: a burst of everything missed would be another load. */
const CATCH_UP_MS = 250;
const TIMEOUT_MS = 5_000;

export class Publisher {
  readonly #plan: PublisherPlan;
  readonly #client: TickcastClient;
  readonly #grammar: Grammar;
  #answered = 0;
  #failed = 0;
  #example = '';
  #made = 0;

  constructor(plan: PublisherPlan) {
    this.#plan = plan;
    this.#grammar = new Grammar(plan.seed);
    this.#client = connect(plan.url, { timeoutMs: TIMEOUT_MS });
  }

  async start(): Promise<void> {
    await this.#client.ready();
    const { rate } = this.#plan;
    let dueAt = performance.now();
    setInterval(() => {
      const now = performance.now();
      dueAt = Math.max(dueAt, now - CATCH_UP_MS);
      for (; dueAt <= now; dueAt += 1000 / rate) void this.#publish();
    }, STEP_MS);
  }

  report(): LoadCounts {
    const live = this.#client.state === 'connected' ? 1 : 0;
    return { done: this.#answered, failed: this.#failed, skipped: 0, live, example: this.#example };
  }

  async #publish(): Promise<void> {
    const { rate, stream } = this.#plan;
    // Time in the messages' world counts messages, so that a seed always gives the same ones, however loaded the
    // machine.
    const { text } = this.#grammar.next(this.#made++ / rate);
    try {
      await this.#client.predict(text, { stream });
      this.#answered++;
    } catch (cause) {
      this.#failed++;
      this.#example = messageOf(cause);
    }
  }
}
