/** Clients that no hub like this can serve: each is told why, and the log says what to change, once for many. */

import { request } from 'node:http';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Unreachable } from '../../dist/client/index.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

let hub: TestProcess;

beforeAll(async () => {
  hub = await startTestProcess({ models: (folder) => writeLinear(folder), config: { logLevel: 'info' } });
});

afterAll(() => hub.close());

async function lineOf(kind: string): Promise<Record<string, unknown> | undefined> {
  const isIt = (line: Record<string, unknown>): boolean => line.kind === kind || line.code === kind;
  await until(`the log says ${kind}`, () => hub.log.some(isIt));
  return hub.log.find(isIt);
}

interface Answered {
  readonly status: number | undefined;
  readonly body: unknown;
}

async function get(url: string): Promise<Answered> {
  const answer = await fetch(url);
  return { status: answer.status, body: await answer.json() };
}

function upgrade(url: string): Promise<Answered> {
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  return new Promise((resolve, reject) => {
    request(url, { headers }, async (response) => {
      const chunks = await response.toArray();
      resolve({ status: response.statusCode, body: JSON.parse(chunks.join('')) });
    })
      .on('error', reject)
      .end();
  });
}

test('a client of Socket.IO 2 gets 400 with the reason, and the log says which clients do', async () => {
  for (let i = 0; i < 20; i++) {
    const answer = await fetch(`${hub.url}/socket.io/?EIO=3&transport=polling`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: 'INVALID_INPUT', message: expect.stringContaining('Engine.IO 3') },
    });
  }
  expect(await lineOf('protocol')).toMatchObject({
    level: 'warn',
    msg: 'client misdirected',
    reason: expect.stringContaining('use a client of Socket.IO 3 or 4'),
  });
  expect(hub.log.filter(({ kind }) => kind === 'protocol')).toHaveLength(1);
});

test('a namespace that is not there is refused, and the log names it', async () => {
  const socket = io(`${hub.url}/admin`, { reconnection: false, forceNew: true, auth: { token: 'a-secret' } });
  const error = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
  socket.close();

  expect(error.message).toBe('Invalid namespace');
  const line = await lineOf('namespace');
  expect(line?.reason).toContain('there is no namespace /admin; connect to the hub');
  expect(JSON.stringify(hub.log)).not.toContain('a-secret');
});

test('a connection of another process, as behind two workers without sticky sessions, is named as such', async () => {
  const answer = await fetch(`${hub.url}/socket.io/?EIO=4&transport=polling&sid=of-another-worker`);

  expect(answer.status).toBe(404);
  expect((await lineOf('connection'))?.reason).toContain('sticky sessions');
});

test.each(['polling', 'websocket'])('a proxy that forwards its own prefix is told, over %s', async (transport) => {
  const url = `${hub.url}/under/socket.io/?EIO=4&transport=${transport}`;
  const { status, body } = transport === 'polling' ? await get(url) : await upgrade(url);

  expect([status, body]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
  const said = 'there is no GET /under/socket.io/; a proxy that has the hub under /under/ must forward without /under';
  expect(body).toMatchObject({ error: { message: said } });
  expect(await lineOf('path')).toMatchObject({ msg: 'client misdirected', reason: said });
});

test('the SDK says what the hub says of the path', async () => {
  for (const transport of ['polling', 'websocket'] as const) {
    const client = connect(`${hub.url}/under`, { transports: [transport] });
    const { message } = await new Promise<Unreachable>((resolve) => client.on('unreachable', resolve));
    client.close();
    expect(message).toContain(transport === 'polling' ? 'must forward without /under' : 'HTTP 404, no Tickcast hub');
  }
});

test('a foreign page is told the option that lets it in', async () => {
  const headers = { origin: 'https://app.example' };
  const answer = await fetch(`${hub.url}/socket.io/?EIO=4&transport=polling`, { headers });

  expect(answer.status).toBe(403);
  expect((await lineOf('FORBIDDEN'))?.reason).toContain('--cors-origin https://app.example');
});

test('a client of a protocol that the hub does not speak is refused before the hello, and the log says which end to update', async () => {
  const socket = io(hub.url, { reconnection: false, forceNew: true, auth: { protocols: [8, 9] } });
  const hellos: unknown[] = [];
  socket.on('hello', (hello) => hellos.push(hello));
  const error = await new Promise<Error>((refused) => socket.on('connect_error', refused));

  expect(error).toMatchObject({ data: { code: 'PROTOCOL_MISMATCH', retryable: false } });
  expect(error.message).toBe('the hub speaks protocol 1, the client 8 to 9; update the hub');
  expect(hellos).toEqual([]);
  expect(await lineOf('PROTOCOL_MISMATCH')).toMatchObject({ reason: error.message });
  socket.close();
});

test.each([
  ['one version, as older clients do', { protocol: 1 }],
  ['a range and unknown capabilities', { protocols: [1, 2], capabilities: ['telepathy'] }],
  ['nothing', {}],
])('a client that states %s is told what is spoken', async (_what, auth) => {
  const socket = io(hub.url, { reconnection: false, forceNew: true, auth });
  const hello = await new Promise((said) => socket.on('hello', said));

  expect(hello).toMatchObject({ protocol: 1, protocols: [1, 1], capabilities: expect.arrayContaining(['resume']) });
  socket.close();
});
