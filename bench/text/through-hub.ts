/** Texts through a hub: from clients in this process, over WebSocket, one request each. Counts answers per second. */

import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { connect, TickcastError } from '../../client/index.js';
import { pause } from '../harness/deadline.js';
import type { EngineName } from '../harness/options.js';
import { ServerProcess } from '../servers/server-process.js';

export const clientNames = ['sdk', 'plain'] as const;
export type ClientName = (typeof clientNames)[number];

export interface HubFigures {
  readonly client: ClientName;
  readonly connections: number;
  /** Requests in flight on each connection. */
  readonly inFlight: number;
  readonly textsPerSecond: number;
  /** Requests that the hub refused with a retryable error, warm-up included. */
  readonly refused: number;
}

export interface HubPlan {
  readonly model: string;
  readonly engine: EngineName;
  readonly texts: readonly string[];
  readonly connections: number;
  readonly inFlight: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

const RETRY_MS = 20;

/** Sends one text; resolves with false when it may be sent again. */
interface Connection {
  predict(input: string): Promise<boolean>;
  close(): void | Promise<void>;
}

export async function measureThroughHub(client: ClientName, plan: HubPlan): Promise<HubFigures> {
  const { model, engine, texts, connections, inFlight, warmUpSeconds, seconds } = plan;
  const server = await ServerProcess.start('hub', { model, engine });
  try {
    const url = `http://127.0.0.1:${server.port}`;
    const open = client === 'sdk' ? openSdk : openPlain;
    const opened = await Promise.all(Array.from({ length: connections }, () => open(url)));
    let next = 0;
    let answered = 0;
    let refused = 0;
    let isOver = false;
    const keepAsking = async (connection: Connection): Promise<void> => {
      while (!isOver) {
        if (await connection.predict(texts[next++ % texts.length] ?? '')) answered++;
        else {
          // Refused temporarily, as by a hub under load.
          refused++;
          await delay(RETRY_MS);
        }
      }
    };
    const asking = opened.flatMap((connection) => Array.from({ length: inFlight }, () => keepAsking(connection)));
    const failed = Promise.race([server.ended, Promise.all(asking)]);
    await pause(warmUpSeconds, failed);
    const [before, startedMs] = [answered, performance.now()];
    await pause(seconds, failed);
    const textsPerSecond = (1000 * (answered - before)) / (performance.now() - startedMs);
    isOver = true;
    await Promise.all(asking);
    await Promise.all(opened.map((connection) => connection.close()));
    return { client, connections, inFlight, textsPerSecond, refused };
  } finally {
    await server.end();
  }
}

interface PlainAnswer {
  readonly error?: { readonly message: string; readonly retryable: boolean };
}

async function openSdk(url: string): Promise<Connection> {
  const client = connect(url);
  await client.ready();
  const predict = (input: string) =>
    client.predict(input, { timing: false }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof TickcastError && error.retryable) return false;
        throw error;
      },
    );
  return { predict, close: () => client.close() };
}

async function openPlain(url: string): Promise<Connection> {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('hello', () => resolve());
    socket.once('connect_error', reject);
  });
  const predict = (input: string) =>
    new Promise<boolean>((resolve, reject) => {
      socket.emit('predict', { input, timing: false }, ({ error }: PlainAnswer) => {
        if (error === undefined || error.retryable) resolve(error === undefined);
        else reject(new Error(error.message));
      });
    });
  return { predict, close: () => void socket.disconnect() };
}
