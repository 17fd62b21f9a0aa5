import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from '../../dist/client/index.js';
import type { HttpDoor, ObservedRequest, Tap } from '../../dist/server/index.js';
import { startTestApp } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

const models = (folder: string): Promise<unknown> => writeLinear(`${folder}/linear/1`, 2, 1);

/** A program's server, which listens and has its own page and upgrades. */
async function startProgram(): Promise<{ server: Server; url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end(`the program's ${request.url}`);
  });
  server.on('upgrade', (request, socket) => {
    seen.push(`upgrade ${request.url}`);
    socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test('a hub on a program’s server answers its own routes and sockets, and leaves the rest to the program', async () => {
  const { server, url, seen } = await startProgram();
  const hub = await startTestApp({ models, extras: { server } });
  const text = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text();

  expect(hub.url).toBe(url);
  expect(await text('/')).toBe('the program’s /'.replace('’', "'"));
  expect(await text('/own/page?x=/predict')).toContain('the program');
  expect(await text('/predictions')).toContain('the program');
  expect(await text('/readyz')).toContain('"status":"ready"');
  const predicted = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"input":[3]}',
  });
  expect(await predicted.json()).toMatchObject({ prediction: [[7]] });
  for (const transports of [['websocket'], ['polling']] as const) {
    const client = connect(url, { transports: [...transports] });
    expect((await client.predict([4])).prediction).toEqual([[9]]);
    client.close();
  }
  const refused = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { origin: 'http://elsewhere' },
    body: '{}',
  });
  expect(refused.status).toBe(403);
  const upgrade = await fetch(`${url}/own/socket`, { headers: { upgrade: 'x', connection: 'upgrade' } }).catch(
    () => undefined,
  );
  expect(upgrade?.status ?? 404).toBe(404);
  expect(seen.filter((line) => !line.includes('own/socket'))).toEqual([
    'GET /',
    'GET /own/page?x=/predict',
    'GET /predictions',
  ]);

  const report = await hub.app.drain();
  expect(report).toMatchObject({ accepted: 3, settled: 3, abandoned: 0 });
  // Only the program closes its server.
  expect(server.listening).toBe(true);
  expect(await text('/predict')).toContain('the program');
  await hub.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

test('a hub on a server that does not listen yet, or not on loopback, asks for a token', async () => {
  const server = createServer();
  const hub = await startTestApp({ models, extras: { server } }, { isListening: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (headers: Record<string, string>): Promise<Response> => fetch(`${url}/models`, { headers });

  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: `Bearer ${hub.app.runToken}` })).status).toBe(200);
  await hub.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

test('taps, doors and runtimes of a program take part: what comes by its door is answered, guarded and told', async () => {
  const told: ObservedRequest[] = [];
  const tap: Tap = { name: 'mine', predicted: (request) => void told.push(request) };
  const door: HttpDoor = {
    name: 'sum',
    connections: 0,
    async open({ hub, place }) {
      const origin = hub.openOrigin('sum', { via: 'sum' });
      place.app.get<{ Params: { x: string } }>('/sum/:x', { config: { scope: 'predict' } }, (request, reply) => {
        const input = [Number(request.params.x)];
        const envelope = { input, id: undefined, model: undefined, timeoutMs: 1000 };
        const verdict = hub.submit(envelope, origin, (outcome) => {
          void reply.send(outcome.ok ? { y: outcome.output.arrays[0]?.[outcome.output.firstRow] } : outcome.error);
        });
        if (!verdict.accepted) void reply.code(503).send(verdict.error);
      });
      return undefined;
    },
    close: async () => undefined,
  };
  const hub = await startTestApp({ models, extras: { taps: [tap], doors: [door] } });

  expect(await (await fetch(`${hub.url}/sum/20`)).json()).toEqual({ y: 41 });
  await until('the tap is told', () => told.length === 1);
  expect(told[0]).toMatchObject({ rows: 1, origin: { via: 'sum' }, model: { ref: 'linear@1' } });
  const metrics = await (await fetch(`${hub.url}/metrics`)).text();
  expect(metrics).toMatch(/tickcast_requests_total\{[^}]*via="sum",outcome="ok"\} 1/);
  await hub.close();
});

test.each([
  ['a door that cannot open', {}, 'shut: port 1 is taken'],
  ['a package that is missing', { doors: ['missing'] }, '--doors missing is not there; npm i @tickcast/missing'],
  ['a model that cannot be loaded', { defaultModel: 'none' }, '--default-model: there is no model none'],
])('%s ends the start with one line, and what was open is closed', async (_, config, problem) => {
  const closed: string[] = [];
  const tap: Tap = { name: 'mine', close: async () => void closed.push('tap') };
  const door: HttpDoor = {
    name: 'shut',
    connections: 0,
    open: async () => 'port 1 is taken',
    close: async () => void closed.push('door'),
  };

  await expect(startTestApp({ models, config, extras: { taps: [tap], doors: [door] } })).rejects.toThrow(problem);
  expect(closed).toEqual(['door', 'tap']);
});
