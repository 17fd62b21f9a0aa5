/** A real nginx with the configuration of deploy/ in front of two hubs. `npm run balance` does the same under load. */

import { request } from 'node:http';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../bench/harness/free-port.js';
import { Nginx, nginxLack } from '../../dist/bench/balance/nginx.js';
import { connect, type TickcastClient } from '../../dist/client/index.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

const lack = nginxLack();
if (lack !== undefined && process.env.CI !== undefined) throw new Error(lack);
if (lack !== undefined) console.warn(`skipped: ${lack}`);

interface Balanced {
  readonly nginx: Nginx;
  readonly url: string;
  readonly hubs: readonly TestProcess[];
  /** From the access log for one path: the statuses of the hubs asked. */
  statuses(path: string): string[];
}

async function startBalanced(drainDelayMs = 0): Promise<Balanced> {
  const config = { logLevel: 'info', graceMs: 2000, drainDelayMs } as const;
  const hubs = await Promise.all(
    [1, 2].map(() => startTestProcess({ models: (folder) => writeLinear(folder), config })),
  );
  const nginx = await Nginx.start(
    await freePort(),
    hubs.map(({ url }) => Number(new URL(url).port)),
  );
  onTestFinished(async () => {
    await nginx.end();
    // Nothing here needs a drain.
    for (const { child } of hubs) child.kill('SIGKILL');
    await Promise.all(hubs.map((hub) => hub.close()));
  });
  const statuses = (path: string): string[] =>
    nginx
      .accessLines()
      .map((line) => JSON.parse(line))
      .filter((line) => line.path === path)
      .map(({ hubStatus }) => hubStatus);
  return { nginx, url: nginx.url, hubs, statuses };
}

function predict(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/predict`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

test.skipIf(lack !== undefined)(
  'users reach predictions, and not the metrics; what nginx says itself has the form of a hub’s answers',
  async () => {
    const { url, hubs } = await startBalanced();
    const own = { origin: url };
    const padded = (bytes: number): string => `{"input":[1],"pad":"${'x'.repeat(bytes)}"}`;

    expect(await (await predict(url, '{"input":[1]}', own)).json()).toMatchObject({ prediction: [[3]] });
    expect((await predict(url, '{"input":[1]}', { origin: 'http://elsewhere.test' })).status).toBe(403);
    expect((await predict(url, padded(2 ** 20 - 100))).status).toBe(200);
    const large = await predict(url, padded(2 ** 20));
    expect([large.status, await large.json()]).toMatchObject([413, { error: { code: 'TOO_LARGE', retryable: false } }]);
    for (const path of ['/metrics', '/metrics?x', '//metrics', '/%6detrics'])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);

    await Promise.all(hubs.map((hub) => hub.close()));
    const nobody = await predict(url, '{"input":[1]}');
    expect([nobody.status, nobody.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await nobody.json()).toMatchObject({ error: { code: 'DRAINING', retryable: true, retryAfterMs: 1000 } });
  },
);

test.skipIf(lack !== undefined)(
  'all of it is there under a path as well, and nothing of it that is not for users',
  async () => {
    const { url, statuses } = await startBalanced();
    const under = `${url}/tickcast/`;

    expect(await (await predict(`${url}/tickcast`, '{"input":[1]}')).json()).toMatchObject({ prediction: [[3]] });
    for (const transport of ['websocket', 'polling'] as const) {
      const client = connect(under, { transports: [transport] });
      expect((await client.predict([2])).prediction).toEqual([[5]]);
      client.close();
    }
    await until('both are logged', () => statuses('/socket.io/').includes('101'));
    expect((await fetch(`${under}tickcast.js`)).status).toBe(200);
    for (const path of ['metrics', 'metrics?x', '%6detrics', '../metrics'])
      expect([path, (await fetch(under + path)).status]).toEqual([path, 404]);
    const bare = await fetch(`${url}/tickcast?stream=a`, { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).toEqual([301, '/tickcast/?stream=a']);
  },
);

test.skipIf(lack !== undefined)(
  'connections by polling stay at their hub, by the id that nginx chose, and are spread over the hubs',
  async () => {
    const { url, hubs, statuses } = await startBalanced();
    const transports = [['polling'], ['polling', 'websocket'], ['websocket']];
    const sockets = Array.from({ length: 24 }, (_, i) =>
      io(url, { transports: transports[i % 3] ?? [], forceNew: true }),
    );
    onTestFinished(() => {
      for (const socket of sockets) socket.close();
    });
    const answers = sockets.map((socket, i) => socket.timeout(60_000).emitWithAck('predict', { input: [i] }));

    expect((await Promise.all(answers)).map(({ prediction }) => prediction)).toEqual(
      sockets.map((_, i) => [[2 * i + 1]]),
    );
    for (const socket of sockets) socket.close();
    await until('upgraded connections are logged', () => statuses('/socket.io/').includes('101'));
    expect([...new Set(statuses('/socket.io/'))].sort()).toEqual(['101', '200']);
    for (const { log } of hubs) expect(log.filter(({ msg }) => msg === 'client connected').length).toBeGreaterThan(1);
  },
);

test.skipIf(lack !== undefined)(
  'a connection of which nginx did not choose the id is found by asking the hubs',
  async () => {
    const { url, hubs, statuses } = await startBalanced();
    const open = async (hub: string): Promise<string> =>
      JSON.parse((await (await fetch(`${hub}/socket.io/?EIO=4&transport=polling`)).text()).slice(1)).sid;
    const sids = await Promise.all(hubs.flatMap(({ url: hub }) => Array.from({ length: 8 }, () => open(hub))));
    const polls = await Promise.all(
      sids.map((sid) => fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '40' })),
    );

    expect(polls.map(({ status }) => status)).toEqual(sids.map(() => 200));
    await until('all polls are logged', () => statuses('/socket.io/').length >= sids.length);
    expect([...new Set(statuses('/socket.io/'))].sort()).toEqual(['200', '404, 200']);
    expect((await fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=nobody`)).status).toBe(404);
  },
);

test.skipIf(lack !== undefined)('a hub that drains keeps its connections and gets no new ones', async () => {
  const { url, hubs, statuses } = await startBalanced(30_000);
  const [first] = hubs;
  const sockets = Array.from({ length: 8 }, () => io(url, { transports: ['polling'], forceNew: true }));
  const clients: TickcastClient[] = [];
  onTestFinished(() => {
    for (const one of [...sockets, ...clients]) one.close();
  });
  await until('all connect', () => sockets.every(({ connected }) => connected));
  const lost: string[] = [];
  for (const socket of sockets) socket.on('disconnect', (reason) => lost.push(reason));
  first?.child.kill('SIGTERM');
  await until('it drains', async () => (await fetch(`${first?.url}/readyz`)).status === 503);
  let failed = 0;
  // The choice between two hubs is random: of this many clients, one is sent to the draining hub.
  for (let i = 0; i < 24; i++) {
    const client = connect(url, { transports: [i % 2 === 0 ? 'websocket' : 'polling'] });
    clients.push(client);
    client.on('state', ({ attempts }) => {
      failed += attempts;
    });
  }
  const answers = await Promise.all([
    ...clients.map((client) => client.predict([1])),
    ...sockets.map((socket) => socket.timeout(60_000).emitWithAck('predict', { input: [1] })),
  ]);

  expect(answers.map(({ prediction }) => prediction)).toEqual(answers.map(() => [[3]]));
  expect([failed, lost]).toEqual([0, []]);
  // nginx logs a request when it is over, and the log arrives later still.
  await until('nginx tells of a hub that was passed over', () =>
    statuses('/socket.io/').some((status) => status.startsWith('503, ')),
  );
  const newcomers = (first?.log ?? []).slice(first?.log.findIndex(({ msg }) => msg === 'draining'));
  expect(newcomers.filter(({ msg }) => msg === 'client connected')).toEqual([]);
  expect(newcomers.filter(({ msg }) => msg === 'connection refused')).not.toEqual([]);
});

test.skipIf(lack !== undefined)(
  'what a caller says of its own address is not passed on, nor may it choose ids',
  async () => {
    const heard: Record<string, unknown>[] = [];
    const { createServer } = await import('node:http');
    const hub = createServer(({ headers }, response) => {
      heard.push(headers);
      response.end('{}');
    });
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    const address = hub.address();
    const nginx = await Nginx.start(await freePort(), [typeof address === 'object' ? (address?.port ?? 0) : 0]);
    onTestFinished(async () => {
      await nginx.end();
      hub.close();
      hub.closeAllConnections();
    });
    const forged = 'f'.repeat(32);
    await new Promise((resolve, reject) => {
      const headers = { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https', 'x-connection-id': forged };
      request(`${nginx.url}/socket.io/?EIO=4&transport=polling`, { headers }, resolve).on('error', reject).end();
    });

    const { port } = new URL(nginx.url);
    expect(heard.at(-1)).toMatchObject({
      host: `127.0.0.1:${port}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-connection-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(heard.at(-1)?.['x-connection-id']).not.toBe(forged);
  },
);
