/**
 * A hub with a polite client beside, for tests of a hostile one's cost: memory, answers, and the state of its
 * connection.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket as TcpSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Config } from '../../dist/server/config/config.js';
import { isRecord } from '../../shared/parse.js';
import { startTestProcess, type TestProcess } from './app.js';
import { writeLinear } from './tiny-models.js';
import { KEYS, WEB } from './tokens.js';
import { until } from './until.js';

/** V8 lets its heap grow while there is memory; the tests look for what must be retained. */
const HEAP = ['--max-old-space-size=128', '--max-semi-space-size=4'];

export interface Besieged {
  readonly hub: TestProcess;
  /** Right answers of the polite client so far. */
  readonly answered: () => number;
  /** Its faults: a lost connection, a wrong answer, an error. */
  readonly faults: string[];
  /** Peak resident memory since the start of {@link watch}, minus that before, in bytes. */
  watch(run: () => Promise<void>): Promise<number>;
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

/** @param asksForTokens the hub has a token file, and the polite client a token. */
export async function besiege(asksForTokens: boolean, config: Partial<Config> = {}): Promise<Besieged> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-tokens-'));
  const tokenFile = join(folder, 'tokens.json');
  await writeFile(tokenFile, JSON.stringify({ keys: KEYS }), { mode: 0o600 });
  const access: Partial<Config> = asksForTokens ? { tokenFile, openMetrics: true } : {};
  const hub = await startTestProcess(
    { models: (folder) => writeLinear(folder), config: { logLevel: 'info', ...access, ...config } },
    HEAP,
  );
  const faults: string[] = [];
  let answered = 0;
  const polite: Socket = io(hub.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(asksForTokens && { auth: { token: WEB } }),
  });
  await until('the polite client connects', () => polite.connected);
  polite.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') faults.push(`disconnected: ${reason}`);
  });
  const asking = (async () => {
    for (let x = 0; polite.connected; x++) {
      const answer: unknown = await polite
        .timeout(60_000)
        .emitWithAck('predict', { input: [x], timing: false })
        .catch(String);
      const right = isRecord(answer) && JSON.stringify(answer.prediction) === `[[${2 * x + 1}]]`;
      if (right) answered += 1;
      else if (polite.connected) faults.push(JSON.stringify(answer));
      // All the time, and not all that a core gives: other files run beside this one.
      await delay(5);
    }
  })();
  const watch = async (run: () => Promise<void>): Promise<number> => {
    const before = await hub.rss();
    let most = before;
    let isOver = false;
    const looking = (async () => {
      while (!isOver) {
        most = Math.max(most, await hub.rss());
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await run();
    isOver = true;
    await looking;
    return most - before;
  };
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${hub.url}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1),
    );
  };
  const close = async (): Promise<void> => {
    polite.close();
    await asking;
    await hub.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { hub, answered: () => answered, faults, watch, metric, close };
}

/** A TCP connection to a hub that can send anything, and may or may not read. */
export async function openTcp(url: string, reads = true): Promise<{ socket: TcpSocket; said: () => string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('error', () => undefined);
  if (reads)
    socket.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('latin1')).slice(-65_536);
    });
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, said: () => text };
}

/** Writes repeatedly, as fast as the peer reads, for `ms` milliseconds or until it is closed. */
export async function pour(socket: TcpSocket, bytes: Uint8Array, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end && !socket.destroyed) {
    if (socket.writableLength < 1 << 20) socket.write(bytes);
    await new Promise((resolve) => setTimeout(resolve, socket.writableLength < 1 << 20 ? 0 : 5));
  }
}

/** Opens an Engine.IO connection by polling; returns its id. */
export async function openPolling(url: string, headers: Record<string, string> = {}): Promise<string> {
  const text = await (await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers })).text();
  return (JSON.parse(text.slice(1)) as { sid: string }).sid;
}
