/** Counts the bytes of bodies by key, as their headers give them. */

import type { FastifyInstance } from 'fastify';
import type { MeterOf } from '../../contracts/transport-events.js';
import { principalOf } from '../principal-key.js';
import type { RestAccess } from './rest-access.js';

export function meterBodies(app: FastifyInstance, grants: Pick<RestAccess, 'grantOf'>, meterOf: MeterOf): void {
  app.addHook('onResponse', async (request, reply) => {
    const { key } = principalOf(grants.grantOf(request), '');
    if (key === undefined) return;
    const meter = meterOf(key);
    meter.received += lengthOf(request.headers['content-length']);
    meter.sent += lengthOf(reply.getHeader('content-length'));
  });
}

/** 0 for a body in chunks, which no answer of the hub is. */
function lengthOf(header: unknown): number {
  const length = Number(header);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}
