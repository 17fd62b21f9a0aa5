/** `GET /healthz` and `/readyz`, for process supervisors: whether it lives, and whether it should get requests. */

import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../core/hub.js';

/** The health of the process. */
export interface Health {
  /** True when requests are accepted and can be computed. */
  readonly ready: boolean;
  readonly state: string;
  readonly reason?: string;
}

/** @param counted whether `/readyz`, which everybody may ask, tells how much the hub has to do. */
export function addProbes(app: FastifyInstance, hub: Hub, health: () => Health, counted: boolean): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const { ready, state, reason } = health();
    const { batches, rows } = hub.stats;
    const counts = { inFlight: hub.inFlight, queuedRows: hub.queuedRows, batches, rows };
    const body = { status: state, reason, ...(counted && counts) };
    return reply.code(ready ? 200 : 503).send(body);
  });
}
