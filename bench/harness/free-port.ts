/** A port of this machine that was free a moment ago, for a hub that must return to the same port. */

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that systems give to sockets by themselves, so that no connection of another process takes it in between. */
const [FIRST, BEYOND] = [10_000, 32_000] as const;
const TRIES = 100;

export async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(FIRST, BEYOND);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${TRIES} ports from ${FIRST} to ${BEYOND - 1} none is free; end what listens there`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
