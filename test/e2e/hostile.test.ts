import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestProcess } from '../support/app.js';
import { type Besieged, besiege, openPolling, openTcp, pour } from '../support/hostile.js';
import { times } from '../support/long-form.js';
import { frame, RawSocket } from '../support/raw-socket.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

/**
 * Maximum memory of an attack, including V8's and the kernel's buffers; without the bounds it was hundreds of
 * megabytes.
 */
const MOST_BYTES = 96 << 20;
const SECONDS = times(1.5, 0.7);
const OPCODE_PING = 9;

const GREETING = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n`;

function many(count: number, bytes: Uint8Array): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => bytes));
}

describe.each([
  { what: 'an open hub', asksForTokens: false },
  { what: 'a hub that asks for tokens, and a caller who has none', asksForTokens: true },
])('$what', ({ asksForTokens }) => {
  let siege: Besieged;

  beforeAll(async () => {
    siege = await besiege(asksForTokens);
  });

  afterAll(() => siege.close());

  /** Runs an attack: the polite client continues, and memory stays within its bound. */
  async function survives(attack: () => Promise<void>): Promise<void> {
    const before = siege.answered();
    const grown = await siege.watch(attack);
    const during = siege.answered() - before;
    await until('the polite client goes on', () => siege.answered() > before + during + 10);
    console.log(`RSS grew ${(grown / 2 ** 20).toFixed(1)} MiB, ${during} answers to the polite client`);
    expect(siege.faults).toEqual([]);
    expect(grown).toBeLessThan(MOST_BYTES);
  }

  const protocolCuts = (): Promise<number> => siege.metric('tickcast_connections_cut_total{reason="protocol"}');

  test('thousands of CONNECTs in one POST make one socket, and end the connection', async () => {
    const before = await protocolCuts();
    await survives(async () => {
      for (let i = 0; i < 2; i++) {
        const sid = await openPolling(siege.hub.url);
        const body = Array(150_000).fill('40').join('\x1e');
        await fetch(`${siege.hub.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body }).catch(
          () => undefined,
        );
      }
    });
    expect(await protocolCuts()).toBe(before + 2);
  });

  test('thousands of CONNECTs in one write over WebSocket likewise', async () => {
    const before = await protocolCuts();
    await survives(async () => {
      const socket = await RawSocket.open(siege.hub.url, null);
      socket.bytes(many(20_000, frame('40')));
      await until('it is cut', () => socket.closed);
    });
    expect(await protocolCuts()).toBe(before + 1);
  });

  test('a peer that sends pings and reads nothing is owed no pongs', () =>
    survives(async () => {
      const socket = await RawSocket.open(siege.hub.url, null);
      socket.stopReading();
      const { socket: tcp } = await openTcp(siege.hub.url, false);
      tcp.write(GREETING('/socket.io/?EIO=4&transport=websocket'));
      await pour(tcp, many(500, frame('x'.repeat(120), OPCODE_PING)), SECONDS * 1000);
      tcp.destroy();
      socket.close();
    }));

  test('CONNECTs to namespaces that are not there end the connection before their refusals pile up', () =>
    survives(async () => {
      const { socket } = await openTcp(siege.hub.url, false);
      socket.write(GREETING('/socket.io/?EIO=4&transport=websocket'));
      await pour(socket, many(200, frame(`40/${'x'.repeat(100)},`)), SECONDS * 1000);
      socket.destroy();
    }));

  test('probes of an upgrade that is never made are answered twice, not for ever', () =>
    survives(async () => {
      const sid = await openPolling(siege.hub.url);
      const { socket } = await openTcp(siege.hub.url, false);
      socket.write(GREETING(`/socket.io/?EIO=4&transport=websocket&sid=${sid}`));
      await pour(socket, many(500, frame('2probe')), SECONDS * 1000);
      socket.destroy();
    }));

  test.each([
    ['noops', '6'],
    ['acknowledgements', '43999[1]'],
    ['pongs', '3'],
  ])('a flood of %s takes its share of the hub, and no more', (_what, packet) =>
    survives(async () => {
      const socket = await RawSocket.open(siege.hub.url, asksForTokens ? null : '40');
      const end = performance.now() + SECONDS * 1000;
      while (performance.now() < end && !socket.closed) {
        if (socket.backlog < 1 << 20) socket.bytes(many(5_000, frame(packet)));
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      socket.close();
    }),
  );

  test('a connection that joins nothing is closed within ten seconds or so, and counted', async () => {
    const before = await siege.metric('tickcast_connections_cut_total{reason="unjoined"}');
    const sockets = [await RawSocket.open(siege.hub.url, null)];
    if (!asksForTokens) {
      const left = await RawSocket.open(siege.hub.url);
      left.send('41');
      sockets.push(left);
    }
    await openPolling(siege.hub.url);
    await until('they are closed', () => sockets.every(({ closed }) => closed), 60_000);
    await until(
      'they are counted',
      async () =>
        (await siege.metric('tickcast_connections_cut_total{reason="unjoined"}')) >= before + sockets.length + 1,
    );
  });

  test('two Host headers are refused, over REST and by engine.io, whatever they say', async () => {
    for (const path of ['/models', '/socket.io/?EIO=4&transport=polling']) {
      const { socket, said } = await openTcp(siege.hub.url);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nhOsT: evil.example\r\nConnection: close\r\n\r\n`);
      await once(socket, 'close');
      expect(said()).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  test('a megabyte of nested JSON over REST is not parsed', async () => {
    const token = asksForTokens ? { authorization: `Bearer ${'web-'.padEnd(40, 'w')}` } : {};
    const ask = async (body: string): Promise<Response> =>
      fetch(`${siege.hub.url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...token },
        body,
      });
    const half = 500_000;
    const bodies = [
      `{"input":${'['.repeat(half)}${']'.repeat(half)}}`,
      `{"input":[${'[],'.repeat(330_000)}[]]}`,
      `{${Array.from({ length: 80_000 }, (_, i) => `"k${i}":1`).join()}}`,
      `[${'{},'.repeat(330_000)}{}]`,
    ];
    await survives(async () => {
      for (const body of bodies) {
        const answer = await ask(body);
        expect(answer.status).toBe(400);
        expect(await answer.json()).toMatchObject({
          error: { code: 'INVALID_INPUT', message: expect.stringMatching(/nested more than|has more than/) },
        });
      }
    });
  });
});

describe('a hub with a caller that may predict', () => {
  let siege: Besieged;

  beforeAll(async () => {
    siege = await besiege(false);
  });

  afterAll(() => siege.close());

  test.each([
    ['predicts without ids that must be refused', '42["predict",0]'],
    ['predicts without ids', '42["predict",{"input":[1]}]'],
    ['one id again and again', '42["predict",{"input":[1],"id":"a"}]'],
    ['cancels of nothing', '42["cancel",{"id":"nobody"}]'],
    ['unknown events', '42["nonsense",{"input":[1]}]'],
    ['events that ask for an acknowledgement', '421["streams"]'],
  ])('a flood of %s by a peer that reads nothing is bounded', async (_what, packet) => {
    const before = siege.answered();
    const grown = await siege.watch(async () => {
      const socket = await RawSocket.open(siege.hub.url);
      socket.stopReading();
      const end = performance.now() + SECONDS * 1000;
      while (performance.now() < end && !socket.closed) {
        if (socket.backlog < 1 << 20) socket.bytes(many(2_000, frame(packet)));
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      socket.close();
    });
    const during = siege.answered() - before;
    await until('the polite client goes on', () => siege.answered() > before + during + 10);
    console.log(`RSS grew ${(grown / 2 ** 20).toFixed(1)} MiB, ${during} answers to the polite client`);
    expect(siege.faults).toEqual([]);
    expect(grown).toBeLessThan(MOST_BYTES);
  });

  test('a message over maxFrameBytes: closing first, which names the option, and a line in the log', async () => {
    for (const bytes of [new Uint8Array((1 << 20) + 1), 'x'.repeat((1 << 20) + 1)]) {
      const socket = await RawSocket.open(siege.hub.url);
      socket.send(bytes);
      const closing = await socket.next((text) => text.startsWith('42["closing"'));
      expect(closing).toMatch(/TOO_LARGE.*maxFrameBytes 1048576.*--max-frame-bytes/);
      await until('it is closed', () => socket.closed);
    }
    await until('it is logged', () => siege.hub.log.some(({ kind }) => kind === 'too-large'));
    expect(siege.hub.log.find(({ kind }) => kind === 'too-large')).toMatchObject({
      msg: 'connection cut',
      reason: expect.stringContaining('--max-frame-bytes'),
    });
  });

  test('a POST over maxFrameBytes by polling: 413, closing, and the line', async () => {
    const sid = await openPolling(siege.hub.url);
    const url = `${siege.hub.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    await fetch(url, { method: 'POST', body: '40' });
    await (await fetch(url)).text();
    const answer = await fetch(url, { method: 'POST', body: `4${'x'.repeat(1 << 20)}` });
    expect(answer.status).toBe(413);
    expect(await (await fetch(url)).text()).toContain('42["closing",{"code":"TOO_LARGE"');
  });
});

test('polling over four TCP connections opens as many connections as the hub may have, and no more', async () => {
  const siege = await besiege(false, { maxConnections: 100 });
  const url = `${siege.hub.url}/socket.io/?EIO=4&transport=polling`;
  const statuses: number[] = [];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 50; i++) {
        const answer = await fetch(url);
        statuses.push(answer.status);
        await answer.text();
      }
    }),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(99);
  expect(statuses.filter((status) => status === 503)).toHaveLength(101);
  expect(siege.faults).toEqual([]);
  await siege.close();
});

test('leaving and joining again renews no allowance', async () => {
  const siege = await besiege(false, { requestsPerSecond: 10 });
  const socket = await RawSocket.open(siege.hub.url);
  const codes: unknown[] = [];
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 10; i++) socket.send('42["predict",{"input":[1],"timing":false}]');
    for (let i = 0; i < 10; i++) codes.push(((await socket.answer()) as { code?: string }).code);
    socket.send('41');
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.send('40{"session":"0123456789abcdef"}'.replace('abcdef', `abcde${round}`));
    await socket.next((text) => text.startsWith('42["hello"'));
  }
  const refused = codes.filter((code) => code === 'RATE_LIMITED').length;
  expect(refused).toBeGreaterThan(30);
  expect(codes.filter((code) => code === undefined).length).toBe(60 - refused);
  socket.close();
  await siege.close();
});

test.each([
  ['never joins', null],
  ['never answers the close', '40'],
  ['left the namespace', '41'],
])('a WebSocket that %s does not hold a drain up', async (_what, join) => {
  const hub = await startTestProcess({
    models: (folder) => writeLinear(folder),
    config: { graceMs: 1000, logLevel: 'info' },
  });
  const socket = await RawSocket.open(hub.url, join === null ? null : '40');
  if (join === '41') socket.send('41');
  const other = await openTcp(hub.url);
  other.socket.write(
    `POST /predict HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
  );
  await openPolling(hub.url);
  socket.stopReading();
  expect(await hub.close()).toBe(0);
  expect(hub.log.at(-1)).toMatchObject({ msg: 'drained', abandoned: 0 });
  socket.close();
  other.socket.destroy();
});
