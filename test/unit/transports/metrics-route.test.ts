import { expect, test } from 'vitest';
import { systemClock } from '../../../server/app/system-clock.js';
import type { TransportEvent } from '../../../server/contracts/transport-events.js';
import { ClientAddress } from '../../../server/transports/client-address.js';
import { HostPolicy } from '../../../server/transports/host-policy.js';
import { createHttp } from '../../../server/transports/http/http.js';
import { addMetrics } from '../../../server/transports/http/metrics-route.js';
import { OriginPolicy } from '../../../server/transports/origin-policy.js';
import { RequestPolicy } from '../../../server/transports/request-policy.js';

const OPTIONS = { maxBodyBytes: 1024, maxConnections: 100 };
const PARTS = {
  policy: new RequestPolicy(new OriginPolicy([]), new HostPolicy([], false)),
  isPage: () => false,
  isOurs: () => false,
  addresses: new ClientAddress([]),
  clock: systemClock,
};

test('the text has its content type; a scrape that fails is answered 500, told as a fault, and disturbs no other', async () => {
  const events: TransportEvent[] = [];
  const http = await createHttp(OPTIONS, { ...PARTS, listener: (event) => events.push(event) });
  let broken = true;
  addMetrics(http, async () => {
    if (broken) throw new Error('a source failed');
    return { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' };
  });
  const failed = await http.inject('/metrics');
  broken = false;
  const worked = await http.inject('/metrics');

  expect([failed.statusCode, failed.json()]).toEqual([500, { error: expect.objectContaining({ code: 'INTERNAL' }) }]);
  expect(failed.body).not.toContain('a source failed');
  expect(events.filter(({ type }) => type === 'fault')).toHaveLength(1);
  expect([worked.statusCode, worked.headers['content-type'], worked.body]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    'up 1\n',
  ]);
  await http.close();
});

test('an HTTP request is told with the pattern of its route, whatever path was asked for', async () => {
  const routes: string[] = [];
  const http = await createHttp(OPTIONS, {
    ...PARTS,
    listener: (event) => {
      if (event.type === 'http') routes.push(event.route);
    },
  });
  http.get('/models/:name', async () => 'a model');
  http.get('/assets/page-4f3a.js', async () => 'a script');
  for (const path of ['/models/a', '/models/b?x=1', '/assets/page-4f3a.js', '/wp-admin.php', '/models/a/b'])
    await http.inject(path);

  expect(routes).toEqual(['/models/:name', '/models/:name', '/assets/*', 'none', 'none']);
  await http.close();
});
