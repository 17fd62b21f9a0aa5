/** Assembles the metrics: what is counted where, and the sources read on each `/metrics` request. */

import type { Server } from 'node:http';
import { version } from '../config/version.js';
import type { ModelSpec } from '../contracts/model.js';
import type { Hub } from '../core/hub.js';
import type { Taps } from '../core/taps.js';
import type { WorkerEngine } from '../engine/worker-engine.js';
import { CachedGauge } from '../observe/metrics/cached-gauge.js';
import { KeyCounts } from '../observe/metrics/key-counts.js';
import type { LogCounts, MetricSources } from '../observe/metrics/metric.js';
import type { Metrics } from '../observe/metrics/metrics.js';
import { PredictionCounts } from '../observe/metrics/prediction-counts.js';
import { EdgeCounts } from '../observe/metrics/transport-counts.js';
import { utilisationMeter } from '../observe/metrics/utilisation.js';
import type { Streams } from '../streams/streams.js';
import type { MetricsText } from '../transports/http/metrics-route.js';
import type { SocketIoDoor } from '../transports/socketio/socketio-door.js';
import { Traffic } from '../transports/traffic.js';
import { systemClock } from './system-clock.js';

export interface MonitoringParts {
  readonly hub: Hub;
  readonly taps: Taps;
  /** The models loaded at start. */
  readonly models: readonly ModelSpec[];
  readonly engine: WorkerEngine;
  readonly streams: Streams;
  /** The state as named by `/readyz`. */
  readonly state: () => string;
  readonly sockets: SocketIoDoor;
  /** Counts of the prediction log, if enabled. */
  readonly log?: () => LogCounts;
}

/** Longest wait of a scrape for an engine thread, in milliseconds: threads answer between batches. */
const ENGINE_ANSWER_MS = 250;

export class Monitoring {
  /** By key: the doors add bytes. */
  readonly keys = new KeyCounts();
  readonly #edge = new EdgeCounts();
  readonly #traffic = new Traffic();
  readonly #sources: MetricSources;
  #metrics: Promise<Metrics> | undefined;

  constructor({ hub, taps, models, engine, streams, state, sockets, log }: MonitoringParts) {
    const predictions = new PredictionCounts(() => systemClock.now(), models);
    taps.add(predictions);
    taps.add(this.#edge);
    taps.add(this.keys);
    const tensors = new CachedGauge(() => tensorsOf(engine), systemClock, ENGINE_ANSWER_MS);
    const edge = this.#edge;
    this.#sources = {
      utilisation: utilisationMeter(),
      predictions,
      keys: this.keys,
      version,
      state,
      hub,
      streams,
      log,
      engine: {
        get healthy() {
          return engine.healthy;
        },
        get restarts() {
          return engine.restarts;
        },
        tensors: () => tensors.read(),
      },
      edge: {
        get opened() {
          return edge.opened;
        },
        get slowConnections() {
          return sockets.slowConnections;
        },
        refused: edge.rejected,
        misdirected: edge.misdirected,
        cut: edge.cut,
        connections: () => sockets.connectionsByTransport,
        traffic: () => this.#traffic.read(),
        http: () => edge.http(),
      },
    };
  }

  /** Counts the bytes of a server's connections. */
  countBytes(server: Server): void {
    this.#traffic.watch(server);
  }

  readonly render = async (): Promise<MetricsText> => {
    this.#metrics ??= metricsOf(this.#sources);
    const metrics = await this.#metrics;
    return { contentType: metrics.contentType, text: await metrics.text() };
  };
}

/** Loaded by the first scrape: the library behind it is a tenth of a start's processor time. */
async function metricsOf(sources: MetricSources): Promise<Metrics> {
  const { Metrics } = await import('../observe/metrics/metrics.js');
  return new Metrics(sources);
}

async function tensorsOf(engine: WorkerEngine): Promise<number | undefined> {
  const stats = await engine.stats();
  // A thread being replaced would make the sum drop and recover.
  if (stats.some((one) => one === undefined)) return undefined;
  return stats.reduce((sum, one) => sum + (one?.numTensors ?? 0), 0);
}
