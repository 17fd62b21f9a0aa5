/**
 * The feed's connection to the hub: one client, whether it accepts lines now, and otherwise the reason in plain words.
 */

import { connect, type Hello, type HubLimits, type TickcastClient } from '../../client/index.js';
import { modelOf, shownModels, whyNotReady } from '../hub/hub-model.js';
import type { PublishHub } from './publisher.js';

export interface FeedHubPlan {
  readonly url: string;
  readonly stream: string;
  readonly model: string | undefined;
  readonly token: string | undefined;
  /** The feed ends: aborts all waiting. */
  readonly ended: AbortSignal;
}

/** Time for the first hello, in milliseconds: a hub just started loads its models first. */
const FIRST_HELLO_MS = 8_000;
/** Time for an answer before the request is repeated, in milliseconds. */
const ANSWER_MS = 30_000;

export class FeedHub implements PublishHub {
  readonly #plan: FeedHubPlan;
  readonly #client: TickcastClient;
  #draining = false;
  #closings = 0;
  #waiting: (() => void)[] = [];

  constructor(plan: FeedHubPlan) {
    this.#plan = plan;
    this.#client = connect(plan.url, { timeoutMs: ANSWER_MS, reconnectMaxMs: 1_000, token: plan.token });
    this.#client.on('hello', () => {
      this.#draining = false;
      this.#wake();
    });
    this.#client.on('goaway', () => {
      this.#draining = true;
      this.#closings += 1;
    });
    this.#client.on('state', ({ state }) => {
      if (state === 'reconnecting') this.#closings += 1;
      if (state === 'failed') this.#wake();
    });
    plan.ended.addEventListener('abort', () => this.#wake(), { once: true });
  }

  get open(): boolean {
    return this.#client.state === 'connected' && !this.#draining;
  }

  get closings(): number {
    return this.#closings;
  }

  /** For people. */
  get state(): string {
    return this.open || this.#client.state !== 'connected' ? this.#client.state : 'hub is draining';
  }

  /** Of the last connected hub. */
  get limits(): HubLimits | undefined {
    return this.#client.hello?.limits;
  }

  /** Waits for the hub's hello. Resolves with undefined, or why lines cannot be published to it. */
  async ready(signal: AbortSignal): Promise<string | undefined> {
    const { url, model } = this.#plan;
    try {
      return modelProblem(await this.#client.ready({ timeoutMs: FIRST_HELLO_MS, signal }), model);
    } catch (cause) {
      return whyNotReady(cause, url, signal);
    }
  }

  async opened(): Promise<void> {
    while (!this.open && this.#client.state !== 'failed' && !this.#plan.ended.aborted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  predict(text: string): Promise<{ readonly model: string; readonly label?: unknown }> {
    const { stream, model } = this.#plan;
    return this.#client.predict(text, { stream, model });
  }

  /** Rejects open requests. */
  close(): void {
    this.#client.close();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Why this hub has no model for lines; undefined when it has one. */
export function modelProblem(
  hello: Pick<Hello, 'models' | 'defaultModel'>,
  wanted: string | undefined,
): string | undefined {
  const model = modelOf(hello, wanted);
  if (typeof model === 'string') return model;
  if (model.inputs.length === 1 && model.inputs[0]?.dtype === 'string') return undefined;
  return `${model.name}@${model.version} takes numbers, not text: choose another with --model; the hub has ${shownModels(hello)}`;
}
