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

export function addProbes(app: FastifyInstance, hub: Hub, health: () => Health): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const { ready, state, reason } = health();
    const { batches, rows } = hub.stats;
    const body = { status: state, reason, inFlight: hub.inFlight, queuedRows: hub.queuedRows, batches, rows };
    return reply.code(ready ? 200 : 503).send(body);
  });
}
