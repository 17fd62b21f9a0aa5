/** Turns events of the hub and its transports into log lines. */

import type { HubListener } from '../core/events.js';
import type { Logger } from './logger.js';

/** One line for each class of refused input in this time, in milliseconds, however many there are. */
const REFUSAL_LINE_EVERY_MS = 60_000;

/** A listener that logs. Refusals are told by class: the first at once, then at most one a minute with the count between. */
export function logHubEvents(log: Logger): HubListener {
  const refusals = new Map<string, { until: number; unseen: number }>();
  return (event) => {
    switch (event.type) {
      case 'refused': {
        const { code, message } = event.error;
        const now = Date.now();
        const seen = refusals.get(code);
        if (seen !== undefined && now < seen.until) {
          seen.unseen += 1;
          return;
        }
        refusals.set(code, { until: now + REFUSAL_LINE_EVERY_MS, unseen: 0 });
        const { via, name } = event.origin;
        const fields = {
          code,
          via,
          // A session's whole name is its client's secret.
          client: via === 'socketio' ? name.slice(0, 8) : name,
          model: event.model?.ref,
          example: message.slice(0, 200),
          unseen: seen?.unseen ?? 0,
        };
        return log.warn(fields, 'request refused');
      }
      case 'settled':
        return;
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
