/** Both ways to call a hub by an SDK, that of the source or of a package, as callers of the contract. */

import type { connect, predictOverHttp } from '../../client/index.js';
import type { ClientPrediction } from '../../client/requests/prediction.js';
import type { PredictInput } from '../../shared/protocol.js';
import { type Answer, type Ask, type Asked, type Caller, type OpenCaller, readAnswer } from './contract-callers.js';

/** What a program takes from the package. */
export interface Sdk {
  readonly connect: typeof connect;
  readonly predictOverHttp: typeof predictOverHttp;
}

type Predict = (input: PredictInput, options: object) => Promise<ClientPrediction>;

/** @param open may load the SDK; asked once for each caller. */
export function sdkCallers(open: () => Promise<Sdk>): Readonly<Record<string, OpenCaller>> {
  return {
    'client.predict': async ({ url }) => {
      const client = (await open()).connect(url);
      await client.ready();
      return new SdkCaller(
        (input, options) => client.predict(input, options),
        () => client.close(),
      );
    },
    predictOverHttp: async ({ url }) => {
      const { predictOverHttp } = await open();
      return new SdkCaller((input, options) => predictOverHttp(url, input, options));
    },
  };
}

class SdkCaller implements Caller {
  readonly strays: string[] = [];
  readonly order: number[] = [];
  readonly #predict: Predict;
  readonly #close: () => void;
  #asked = 0;

  constructor(predict: Predict, close: () => void = () => undefined) {
    this.#predict = predict;
    this.#close = close;
  }

  ask({ input, model, timeoutMs }: Ask): Asked {
    const n = this.#asked++;
    const controller = new AbortController();
    const options = {
      signal: controller.signal,
      ...(model !== undefined && { model }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
    // The type binds programs; this caller sends invalid requests on purpose now and then.
    const answer = this.#predict(input as PredictInput, options).then(
      // The receipt is the client's own: the hub sends none here.
      ({ timing: _, ...value }): Answer => ({ ok: true, value }),
      (cause: unknown): Answer => readAnswer(cause),
    );
    void answer.then(() => this.order.push(n));
    return { answer, cancel: () => controller.abort() };
  }

  async close(): Promise<void> {
    this.#close();
  }
}
