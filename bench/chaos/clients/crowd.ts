/**
 * All good clients of one hub: opens them, makes them ask at a steady rate, measures, closes them and adds up. Does not
 * know the kinds' internals.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { LatencyHistogram } from '../../harness/latency-histogram.js';
import { type Account, sumOf } from './oracle.js';
import { ClientInOrder, ClientWithIds } from './plain-clients.js';
import type { PoliteClient, World } from './polite-client.js';
import { RestClient } from './rest-client.js';
import { SdkClient } from './sdk-client.js';

const KINDS = {
  'plain, ids': ClientWithIds,
  'plain, in order': ClientInOrder,
  SDK: SdkClient,
  REST: RestClient,
} as const;
export type ClientKind = keyof typeof KINDS;
const clientKinds = Object.keys(KINDS) as readonly ClientKind[];

export interface CrowdPlan {
  readonly url: string;
  readonly perKind: number;
  /** Requests of all together. */
  readonly perSecond: number;
  readonly isExcused: () => boolean;
  readonly isEngineHurt: boolean;
  readonly isUp: () => boolean;
}

/** What the clients experienced in one period. */
export interface Feeling {
  readonly latencyUs: LatencyHistogram;
  /** Longest time without any answer. */
  readonly longestGapMs: number;
}

const STEP_MS = 2;
/** Maximum overdue requests: the crowd does not catch up. */
const MOST_OVERDUE = 50;
/** Longer than the deadline of any request, in milliseconds. */
const SETTLE_MS = 15_000;
/** Time for clients to reconnect after a hub is back, in milliseconds. */
const AWAKEN_MS = 5_000;

export class Crowd {
  readonly #clients: { readonly kind: ClientKind; readonly client: PoliteClient }[] = [];
  readonly #perSecond: number;
  #timer: NodeJS.Timeout | undefined;
  #latencyUs = new LatencyHistogram();
  #answeredAt = 0;
  #longestGapMs = 0;

  constructor({ url, perKind, perSecond, isExcused, isEngineHurt, isUp }: CrowdPlan) {
    this.#perSecond = perSecond;
    const world: World = {
      url,
      isExcused,
      isEngineHurt,
      isUp,
      latencyUs: () => this.#latencyUs,
      answered: () => {
        const now = performance.now();
        this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#answeredAt);
        this.#answeredAt = now;
      },
    };
    let index = 0;
    for (let round = 0; round < perKind; round++)
      for (const kind of clientKinds) this.#clients.push({ kind, client: new KINDS[kind](world, index++) });
  }

  async start(): Promise<void> {
    await Promise.all(this.#clients.map(({ client }) => client.open()));
    let [asked, from] = [0, performance.now()];
    this.#answeredAt = from;
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - from) / 1000) * this.#perSecond);
      if (due - asked > MOST_OVERDUE) [asked, from] = [0, performance.now()];
      else for (; asked < due; asked++) this.#clients[asked % this.#clients.length]?.client.ask();
    }, STEP_MS);
  }

  /** What was experienced since the last call. */
  feel(): Feeling {
    const gap = Math.max(this.#longestGapMs, performance.now() - this.#answeredAt);
    const feeling = { latencyUs: this.#latencyUs, longestGapMs: gap };
    this.#latencyUs = new LatencyHistogram();
    this.#longestGapMs = 0;
    this.#answeredAt = performance.now();
    return feeling;
  }

  /** Waits until somebody is answered again, for a limited time. */
  async awaken(): Promise<void> {
    const from = this.#answeredAt;
    const deadline = performance.now() + AWAKEN_MS;
    while (this.#answeredAt === from && performance.now() < deadline) await delay(20);
  }

  /** Stops asking, and waits for open requests. */
  async settle(): Promise<void> {
    clearInterval(this.#timer);
    const deadline = performance.now() + SETTLE_MS;
    while (this.#waiting > 0 && performance.now() < deadline) await delay(20);
  }

  /** After `settle`: closes the clients; returns each kind's account and the first faults. */
  async close(): Promise<{
    readonly accounts: Readonly<Record<ClientKind, Account>>;
    readonly faults: readonly string[];
  }> {
    clearInterval(this.#timer);
    const accounts = clientKinds.map((kind) => {
      const own = this.#clients.filter((one) => one.kind === kind);
      return [kind, sumOf(own.map(({ client }) => client.oracle.close()))] as const;
    });
    const faults = this.#clients.flatMap(({ kind, client }) =>
      client.oracle.faults.map((fault) => `${kind}: ${fault}`),
    );
    await Promise.all(this.#clients.map(({ client }) => client.close()));
    return { accounts: Object.fromEntries(accounts) as Record<ClientKind, Account>, faults };
  }

  get #waiting(): number {
    return this.#clients.reduce((sum, { client }) => sum + client.oracle.waiting, 0);
  }
}
