/**
 * The attackers' process: runs all requested attacks at once until their time is over, then reports what went over the
 * wire. The good clients on its core take precedence: a real attacker is on another machine.
 */

import { execFileSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { Random } from '../../../demo/text/random.js';
import { ATTACKS } from '../attacks/table.js';
import type { AttackOrder, AttackReport } from './attack-messages.js';

execFileSync('chrt', ['--idle', '--all-tasks', '--pid', '0', String(process.pid)], { stdio: 'pipe' });
process.on('message', (order: AttackOrder) => void attack(order));
process.on('disconnect', () => process.exit(0));

async function attack({ names, port, seconds, seed }: AttackOrder): Promise<void> {
  const signal = AbortSignal.timeout(1000 * seconds);
  // Each connection listens to it.
  setMaxListeners(0, signal);
  const running = names.map(async (name, at): Promise<AttackReport> => {
    const counts = { connects: 0, ended: 0, sentBytes: 0, heldBack: 0 };
    await ATTACKS[name].run({ port, signal, counts, random: new Random(seed + at) });
    return { name, counts };
  });
  process.send?.(await Promise.all(running));
}
