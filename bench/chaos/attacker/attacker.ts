/** The handle on the attackers' process. */

import { fileURLToPath } from 'node:url';
import { Child, LOADER_CORE } from '../../harness/child.js';
import { within } from '../../harness/deadline.js';
import type { AttackOrder, AttackReport } from './attack-messages.js';

/** Time for an attack to close its connections after its end, in milliseconds. */
const END_MS = 15_000;
/** Data for servers that do not read is bounded; this is a safeguard. */
const HEAP_FLAG = '--max-old-space-size=512';

export class Attacker {
  readonly #child: Child;

  constructor() {
    const file = fileURLToPath(new URL('./attacker-main.js', import.meta.url));
    this.#child = new Child({ name: 'the attacker', core: LOADER_CORE, args: [HEAP_FLAG, file], ipc: true });
  }

  /** Runs the attacks for their time; resolves with what went over the wire. */
  attack(order: AttackOrder): Promise<readonly AttackReport[]> {
    const report = new Promise<readonly AttackReport[]>((resolve) => this.#child.process.once('message', resolve));
    this.#child.process.send(order);
    const wait = 1000 * order.seconds + END_MS;
    return within(wait, `the attack ${order.names.join(', ')}`, Promise.race([report, this.#child.ended]));
  }

  close(): Promise<void> {
    return this.#child.end('SIGKILL');
  }
}
