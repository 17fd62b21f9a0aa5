/** Turns events of the hub and its transports into log lines. */

import type { HubListener } from '../../core/requests/events.js';
import type { Logger } from './logger.js';

/** One line for each class of refused input, or of answers that are none, in this time, in milliseconds, however many there are. */
const LINE_EVERY_MS = 60_000;

/**
 * A listener that logs. Refusals are told by class, answers that are not finite by model: the first at once, then at most one a minute
 * with the count between.
 *
 * @param now on the core's clock: a line is due however the wall clock is set.
 */
export function logHubEvents(log: Logger, now: () => number): HubListener {
  const lines = new Map<string, { until: number; unseen: number }>();
  /** How many were not told since the last line of this kind; undefined: nor is this one. */
  const unseenBefore = (kind: string): number | undefined => {
    const at = now();
    const line = lines.get(kind);
    if (line !== undefined && at < line.until) {
      line.unseen += 1;
      return undefined;
    }
    lines.set(kind, { until: at + LINE_EVERY_MS, unseen: 0 });
    return line?.unseen ?? 0;
  };
  return (event) => {
    switch (event.type) {
      case 'refused': {
        const { code, message } = event.error;
        const unseen = unseenBefore(code);
        if (unseen === undefined) return;
        const { via, name } = event.origin;
        const fields = {
          code,
          via,
          // A session's whole name is its client's secret.
          client: via === 'socketio' ? name.slice(0, 8) : name,
          model: event.model?.ref,
          example: message.slice(0, 200),
          unseen,
        };
        return log.warn(fields, 'request refused');
      }
      case 'settled': {
        const { outcome, pending } = event;
        if (outcome.ok || outcome.error.code !== 'NOT_FINITE') return;
        const model = pending.queue.model.spec.ref;
        const unseen = unseenBefore(`NOT_FINITE ${model}`);
        if (unseen === undefined) return;
        return log.warn({ model, example: outcome.error.message.slice(0, 200), unseen }, 'answer not finite');
      }
      case 'batch': {
        const { model, rows, queueMs, tookMs, inferUs, status, reason } = event;
        if (status === 'done') return log.trace({ model: model.ref, rows, queueMs, tookMs, inferUs }, 'batch');
        return log.error({ model: model.ref, rows, status, reason }, 'batch failed');
      }
      case 'poison':
        return log.error({ model: event.model.ref, reason: event.reason }, 'the engine failed on one row');
      case 'fault':
        return log.error({ err: event.cause }, 'fault in the hub');
      case 'state':
        return log.info({ state: event.state }, 'hub state');
    }
  };
}
