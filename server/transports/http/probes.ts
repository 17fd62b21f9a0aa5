/** `GET /healthz` and `/readyz`, for those who watch the process: whether it lives, and whether requests should be sent to it. */

import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../core/hub.js';

/** How the process is. */
export interface Health {
  /** True when requests are taken and can be computed. */
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
