/** Assembles streaming: the streams, the explainer of their samples, and the status board. */

import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../config/config.js';
import type { Broker, BrokerParts } from '../contracts/broker.js';
import type { Hub } from '../core/hub.js';
import type { Taps } from '../core/taps.js';
import { Explainer } from '../streams/explainer.js';
import { MemoryBroker } from '../streams/memory-broker.js';
import { StatusBoard, type StatusFacts } from '../streams/status-board.js';
import { Streams } from '../streams/streams.js';
import type { Adapted, Adapters } from './adapters.js';
import { systemClock } from './system-clock.js';

export class Streaming {
  readonly streams: Streams;
  #board: StatusBoard | undefined;

  constructor(config: Config, broker: Broker, taps: Taps) {
    this.streams = new Streams({
      clock: systemClock,
      broker,
      random: Math.random,
      options: config,
      listener: (event) => taps.stream(event),
      watch: (...how) => this.#board?.watch(...how),
    });
  }

  /** Connects the hub, which explains samples and has the status. */
  begin(hub: Hub, facts: () => Pick<StatusFacts, 'version' | 'state' | 'connections' | 'models'>): void {
    const { streams } = this;
    streams.explain = new Explainer(hub, systemClock).explain;
    const read = (): StatusFacts => {
      const { predicted, batches, rows } = hub.stats;
      const { inFlight, queuedRows } = hub;
      const counts = { predicted, batches, rows, inFlight, queuedRows, viewers: streams.viewers };
      return { ...facts(), ...counts, ...hub.recentReceipts(), streams: streams.list() };
    };
    this.#board = new StatusBoard(read, systemClock, () => streams.now());
  }

  close(): void {
    this.#board?.close();
    this.streams.close();
  }
}

/** Opens the broker: in this process, or an adapter's. */
export async function openBroker(config: Config, adapters: Adapters): Promise<Adapted<Broker>> {
  const parts: BrokerParts = {
    clock: systemClock,
    wallNow: Date.now,
    mark: markOf(config),
    nonce: () => randomBytes(8).toString('hex'),
    maxItems: config.maxStreamItems,
    maxBytes: config.maxStreamBytes,
    maxAgeMs: config.maxStreamAgeMs || undefined,
  };
  return config.broker === 'memory'
    ? { ok: true, value: new MemoryBroker(parts) }
    : adapters.broker(config.broker, parts);
}

/** The same for a hub that restarts in its place, different for every other hub. */
function markOf({ host, port }: Config): string {
  return createHash('sha256').update(`${hostname()} ${host} ${port}`).digest('hex').slice(0, 8);
}
