/** Turns events of transports and engine threads into log lines: connect, disconnect with its reason, HTTP access, lost threads. */

import type { EngineEvent } from '../../contracts/engine-events.js';
import type { TransportListener } from '../../contracts/transport-events.js';
import type { LogThrottle } from './log-throttle.js';
import type { Logger } from './logger.js';

/** Probes come every few seconds for ever: their lines are for debugging only. */
const PROBES = new Set(['/healthz', '/readyz']);

/** @param throttle keeps a flood of refusals out of the log. */
export function logTransportEvents(log: Logger, throttle: LogThrottle): TransportListener {
  return (event) => {
    const { type, ...fields } = event;
    switch (type) {
      case 'connected':
        return log.info(fields, 'client connected');
      case 'disconnected':
        return log.info(fields, 'client disconnected');
      case 'rejected':
        return throttle.tell((event as Extract<typeof event, { type: 'rejected' }>).code, (more) => {
          if (more === undefined) log.warn(fields, 'connection refused');
          else log.warn({ ...more, last: fields }, 'further connections refused');
        });
      case 'cut':
        return throttle.tell(`cut ${(event as Extract<typeof event, { type: 'cut' }>).kind}`, (more) => {
          if (more === undefined) log.warn(fields, 'connection cut');
          else log.warn({ ...more, last: fields }, 'further connections cut');
        });
      case 'proxy':
        return log.warn(
          fields,
          'a proxy seems to stand before the hub: limits by address are off until --trust-proxy names it',
        );
      case 'http':
        return 'path' in fields && PROBES.has(fields.path) ? log.debug(fields, 'http') : log.info(fields, 'http');
      case 'fault': {
        const { cause, where } = event as Extract<typeof event, { type: 'fault' }>;
        return log.error({ err: cause, where }, 'fault in a handler');
      }
    }
  };
}

/** Turns events of the engine threads into log lines. */
export function logEngineEvents(log: Logger): (event: EngineEvent) => void {
  return (event) => {
    const { type, ...fields } = event;
    if (type === 'thread-lost' || type === 'model-lost') log.error(fields, type);
    else log.debug(fields, type);
  };
}
