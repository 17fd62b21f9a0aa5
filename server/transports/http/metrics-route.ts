/** `GET /metrics`: the text for a monitoring system, rendered per request. Does not know its content. */

import type { FastifyInstance } from 'fastify';

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** @param render makes the text; if it rejects, the answer is INTERNAL and the fault is reported like any other. */
export function addMetrics(app: FastifyInstance, render: () => Promise<MetricsText>): void {
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await render();
    return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text);
  });
}
