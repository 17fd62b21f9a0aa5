/** A good client on the SDK, which re-sends what a lost connection left unanswered. */

import { connect, isTickcastError, type TickcastClient } from '../../../client/index.js';
import { numberIn, PoliteClient } from './polite-client.js';

const OPEN_MS = 20_000;
/** The SDK's message for a request that was sent and got no answer: not a refusal of the hub. */
const SILENCE = 'no answer within';

export class SdkClient extends PoliteClient {
  #client: TickcastClient | undefined;

  get isReady(): boolean {
    return this.#client !== undefined;
  }

  async open(): Promise<void> {
    this.#client = connect(this.world.url, { reconnectMaxMs: 500 });
    await this.#client.ready({ timeoutMs: OPEN_MS });
  }

  close(): void {
    this.#client?.close();
  }

  protected send(number: number, x: number): void {
    this.#client?.predict([x], { model: 'linear' }).then(
      ({ prediction }) => this.answer(number, numberIn(prediction)),
      (error: unknown) => {
        if (!isTickcastError(error)) throw error;
        if (error.message.startsWith(SILENCE) && !this.world.isEngineHurt) this.cut(number);
        else this.refuse(number, error.code);
      },
    );
  }
}
