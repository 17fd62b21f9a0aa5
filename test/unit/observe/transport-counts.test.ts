import { expect, test } from 'vitest';
import { EdgeCounts } from '../../../server/observe/metrics/transport-counts.js';

test('connections, refusals by code and requests by route, method and status are counted', () => {
  const counts = new EdgeCounts();
  const http = { type: 'http', requestId: '1', address: '', tookMs: 1, method: 'GET' } as const;
  counts.transport({ type: 'connected', socket: 'a', session: 's', resumed: false, address: '', via: 'websocket' });
  for (const address of ['1', '2', '3'])
    counts.transport({ type: 'rejected', address, code: 'FORBIDDEN', reason: `page ${address}` });
  for (const name of ['a', 'b'])
    counts.transport({ ...http, path: `/models/${name}`, route: '/models/:name', status: 200 });
  counts.transport({ ...http, path: '/models/c', route: '/models/:name', status: 404 });
  counts.transport({ type: 'disconnected', socket: 'a', session: 's', reason: 'x', requests: 1, lastedMs: 1 });

  expect(counts.opened).toBe(1);
  expect([...counts.rejected]).toEqual([['FORBIDDEN', 3]]);
  expect([...counts.http()]).toEqual([
    { route: '/models/:name', method: 'GET', status: 200, count: 2 },
    { route: '/models/:name', method: 'GET', status: 404, count: 1 },
  ]);
});
