/** A good client over REST, on one kept-alive connection after the other. */

import { Agent, request } from 'node:http';
import { isRecord } from '../../../shared/parse.js';
import { numberIn, PoliteClient } from './polite-client.js';

/** Longer than any deadline of a prediction, in milliseconds. */
const TIMEOUT_MS = 20_000;
/** A kept-alive connection may end as a request is sent on it; predictions are pure, so the request is repeated. */
const MOST_ATTEMPTS = 2;

export class RestClient extends PoliteClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  /** It has no connection whose end it could observe, so it is told. */
  get isReady(): boolean {
    return this.world.isUp();
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#agent.destroy();
  }

  protected send(number: number, x: number, attempt = 1): void {
    const body = JSON.stringify({ input: [x], model: 'linear' });
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const asking = request(
      new URL('/predict', this.world.url),
      { method: 'POST', agent: this.#agent, headers, timeout: TIMEOUT_MS },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('error', () => this.cut(number));
        response.on('end', () => this.#read(number, response.statusCode ?? 0, text));
      },
    );
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => {
      if (asking.reusedSocket && attempt < MOST_ATTEMPTS) this.send(number, x, attempt + 1);
      else this.cut(number);
    });
    asking.end(body);
  }

  #read(number: number, status: number, text: string): void {
    const body = parse(text);
    if (status === 200) this.answer(number, numberIn(body.prediction));
    else if (isRecord(body.error)) this.refuse(number, String(body.error.code));
    // An untyped answer does not count.
    else this.cut(number);
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
