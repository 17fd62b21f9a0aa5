/** The log as a tap: turns events of the hub, its doors, its engine and its streams into log lines. */

import type { WireError } from '../../../shared/errors.js';
import type { Clock } from '../../contracts/clock.js';
import type { EngineEvent } from '../../contracts/engine-events.js';
import type { ModelSpec } from '../../contracts/model.js';
import type { Predicted } from '../../contracts/outcome.js';
import type { StreamEvent } from '../../contracts/stream-events.js';
import type {
  EndedBatch,
  HubState,
  ObservedOrigin,
  ObservedRequest,
  RefusedRequest,
  Tap,
} from '../../contracts/tap.js';
import type { TransportEvent } from '../../contracts/transport-events.js';
import { LogThrottle } from './log-throttle.js';
import type { Logger } from './logger.js';

/**
 * Minimum interval between lines for each class of refused input or invalid answer, in milliseconds, however many there
 * are.
 */
const LINE_EVERY_MS = 60_000;
/** Probes arrive every few seconds for ever: their lines are logged at debug level only. */
const PROBES = new Set(['/healthz', '/readyz']);
const EXAMPLE_CHARS = 200;

export class LogTap implements Tap {
  readonly name = 'log';
  /** Logs each batch, at trace level only. */
  readonly batch?: (batch: EndedBatch) => void;
  /** Logs each prediction, at debug level only. */
  readonly predicted?: (request: ObservedRequest, outcome: Predicted) => void;
  readonly #log: Logger;
  readonly #throttle: LogThrottle;
  /** At debug level each request leaves a line with its session and id. */
  readonly #tracesRequests: boolean;

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#throttle = new LogThrottle(clock);
    if (log.isLevelEnabled('trace'))
      this.batch = ({ model, rows, queueMs, tookMs, inferUs }) =>
        log.trace({ model: model.ref, rows, queueMs, tookMs, inferUs }, 'batch');
    this.#tracesRequests = log.isLevelEnabled('debug');
    if (this.#tracesRequests)
      this.predicted = ({ id, origin, model, rows, stream }, { timing }) => {
        if (!origin.internal)
          log.debug({ ...nameOf(origin), id, model: model.ref, rows, stream, totalUs: timing?.totalUs }, 'predicted');
      };
  }

  failed({ id, origin, model: { ref } }: ObservedRequest, { code, message }: WireError): void {
    if (this.#tracesRequests) this.#log.debug({ ...nameOf(origin), id, model: ref, code }, 'not predicted');
    if (code !== 'NOT_FINITE') return;
    const unseen = this.#throttle.due(`NOT_FINITE ${ref}`, LINE_EVERY_MS);
    if (unseen === undefined) return;
    this.#log.warn({ model: ref, example: message.slice(0, EXAMPLE_CHARS), unseen }, 'answer not finite');
  }

  refused({ error: { code, message }, origin, model, id }: RefusedRequest): void {
    if (this.#tracesRequests) this.#log.debug({ ...nameOf(origin), id, model: model?.ref, code }, 'not accepted');
    const unseen = this.#throttle.due(code, LINE_EVERY_MS);
    if (unseen === undefined) return;
    const example = message.slice(0, EXAMPLE_CHARS);
    this.#log.warn({ code, ...nameOf(origin), model: model?.ref, example, unseen }, 'request refused');
  }

  batchFailed({ model, rows, status, reason }: EndedBatch): void {
    this.#log.error({ model: model.ref, rows, status, reason }, 'batch failed');
  }

  poison({ ref }: ModelSpec, reason: string): void {
    this.#log.error({ model: ref, reason }, 'the engine failed on one row');
  }

  fault(where: string, cause: unknown): void {
    this.#log.error({ err: cause, where }, 'fault in the hub');
  }

  state(state: HubState): void {
    this.#log.info({ state }, 'hub state');
  }

  transport(event: TransportEvent): void {
    const { type, ...fields } = event;
    switch (event.type) {
      case 'connected':
        return this.#log.info(fields, 'client connected');
      case 'disconnected':
        return this.#log.info(fields, 'client disconnected');
      case 'rejected':
        return this.#throttled(event.code, fields, 'connection refused', 'further connections refused');
      case 'misdirected':
        return this.#throttled(
          `misdirected ${event.kind}`,
          fields,
          'client misdirected',
          'further clients misdirected',
        );
      case 'cut':
        return this.#throttled(`cut ${event.kind}`, fields, 'connection cut', 'further connections cut');
      case 'proxy':
        return this.#log.warn(
          fields,
          'a proxy seems to stand before the hub: limits by address are off until --trust-proxy names it',
        );
      case 'http':
        return PROBES.has(event.path) ? this.#log.debug(fields, type) : this.#log.info(fields, type);
    }
  }

  engine({ type, ...fields }: EngineEvent): void {
    if (type === 'thread-lost' || type === 'model-lost') this.#log.error(fields, type);
    else if (type === 'threads-recycled') this.#log.warn(fields, type);
    else this.#log.debug(fields, type);
  }

  stream({ type, ...fields }: StreamEvent): void {
    if (type === 'viewer-cut') this.#log.warn(fields, type);
    else this.#log.info(fields, type);
  }

  async close(): Promise<void> {
    this.#throttle.close();
  }

  #throttled(kind: string, fields: object, one: string, more: string): void {
    this.#throttle.tell(kind, (repeated) => {
      if (repeated === undefined) this.#log.warn(fields, one);
      else this.#log.warn({ ...repeated, last: fields }, more);
    });
  }
}

/** Who asked. A session's full name is its client's secret. */
function nameOf({ via, name }: ObservedOrigin): { readonly via: string; readonly client: string } {
  return { via, client: via === 'socketio' ? name.slice(0, 8) : name };
}
