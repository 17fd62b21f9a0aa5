/** The connection of `tickcast predict` to the hub: what the model takes, and one answer for one input. */

import { setTimeout as delay } from 'node:timers/promises';
import { connect, isTickcastError, type ModelDescription, type TickcastClient } from '../../client/index.js';
import type { PredictInput } from '../../shared/protocol.js';
import { firstLine } from '../../shared/words/message-of.js';
import { retryInMs } from '../feed/retry.js';
import { modelOf, whyNotReady } from '../hub/hub-model.js';
import { whyUnreachable } from '../hub/why-no-hub.js';
import type { PredictOptions } from './options.js';
import type { Answer } from './view.js';

/** Time for the first hello, in milliseconds. */
const FIRST_HELLO_MS = 8_000;

export class PredictHub {
  readonly #client: TickcastClient;
  readonly #options: PredictOptions;
  readonly #signal: AbortSignal;
  #model: ModelDescription | undefined;

  /** @param signal ends every wait. */
  constructor(options: PredictOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    const { url, token, timeoutMs } = options;
    this.#client = connect(url, { timeoutMs, token, reconnectMaxMs: 1_000 });
  }

  /** Waits for the hub. Resolves with undefined, or why it cannot be asked. */
  async ready(): Promise<string | undefined> {
    // At once: whoever asks one question does not wait for a hub that may start later.
    const unreachable = await whyUnreachable(this.#options.url);
    if (unreachable !== undefined) return unreachable;
    try {
      const hello = await this.#client.ready({ timeoutMs: FIRST_HELLO_MS, signal: this.#signal });
      const found = modelOf(hello, this.#options.model);
      if (typeof found === 'string') return found;
      this.#model = found;
      return undefined;
    } catch (cause) {
      return whyNotReady(cause, this.#options.url, this.#signal);
    }
  }

  /** What the model takes. */
  get inputs(): ModelDescription['inputs'] {
    return this.#model?.inputs ?? [];
  }

  /** Never rejects. */
  async ask(input: PredictInput): Promise<Answer['outcome']> {
    for (let tries = 1; ; tries++) {
      try {
        const { model } = this.#options;
        return { ok: true, prediction: await this.#client.predict(input, { model, signal: this.#signal }) };
      } catch (cause) {
        if (!isTickcastError(cause))
          return { ok: false, error: { code: 'INVALID_INPUT', message: firstLine(cause), retryable: false } };
        // Its time is over: another try would double it.
        const waitMs = cause.code === 'DEADLINE_EXCEEDED' ? undefined : retryInMs(cause, tries, Math.random());
        const { code, message, retryable } = cause;
        if (waitMs === undefined || this.#signal.aborted) return { ok: false, error: { code, message, retryable } };
        await delay(waitMs, undefined, { signal: this.#signal }).catch(() => undefined);
      }
    }
  }

  close(): void {
    this.#client.close();
  }
}
