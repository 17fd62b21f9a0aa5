import { once, setMaxListeners } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ATTACKS, type AttackName, attackNames } from '../../dist/bench/chaos/attacks/table.js';
import { Random } from '../../dist/demo/text/random.js';
import { until } from '../support/until.js';

/** On a busy machine an attack may have to wait for its first packet; then it goes on for a while. */
const START_MS = 60_000;
const ATTACK_MS = 1_000;
/** An attack may look at its signal only between two visits. */
const END_MS = 60_000;

/** What a server observed of one attack. */
interface Seen {
  readonly live: Set<unknown>;
  bytes: number;
}

/** Sends what a peer waits for, and ends nothing. */
function bareServer(seen: Seen): Server {
  return createServer((socket) => {
    seen.live.add(socket);
    socket.on('close', () => seen.live.delete(socket));
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n0{"sid":"abcde"}40{"sid":"abc"}'),
    );
    socket.on('data', (chunk) => {
      seen.bytes += chunk.length;
    });
  });
}

/** Returns what was wrong, or undefined. */
async function tryAttack(name: AttackName): Promise<string | undefined> {
  const seen: Seen = { live: new Set(), bytes: 0 };
  const server = bareServer(seen).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const counts = { connects: 0, ended: 0, sentBytes: 0, heldBack: 0 };
  const ending = new AbortController();
  const { signal } = ending;
  setMaxListeners(0, signal);
  const hasSent = (): boolean => counts.connects > 0 && (seen.bytes > 0 || name === 'silent');
  try {
    const running = ATTACKS[name].run({ port, signal, counts, random: new Random(1) });
    await until('it sends', hasSent, START_MS).catch(() => undefined);
    await delay(ATTACK_MS);
    ending.abort();
    if (!(await Promise.race([running.then(() => true), delay(END_MS, false)]))) return 'did not end';
    if (!hasSent()) return 'sent nothing';
    const isGone = await until('all connections are gone', () => seen.live.size === 0).then(
      () => true,
      () => false,
    );
    return isGone ? undefined : `left ${seen.live.size} connections`;
  } finally {
    ending.abort();
    server.close();
  }
}

test('every attack sends, ends at its signal and leaves no connection behind', async () => {
  const found = await Promise.all(attackNames.map(async (name) => [name, await tryAttack(name)] as const));

  expect(found.length).toBeGreaterThan(60);
  expect(found.filter(([, wrong]) => wrong !== undefined)).toEqual([]);
});
