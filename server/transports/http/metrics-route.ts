/** `GET /metrics`: the text that a monitoring system asks for, made when it is asked for. Knows nothing of what is in it. */

import type { FastifyInstance } from 'fastify';

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** @param render makes the text; if it rejects, the answer is INTERNAL and the fault is told like any other. */
export function addMetrics(app: FastifyInstance, render: () => Promise<MetricsText>): void {
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await render();
    return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text);
  });
}
