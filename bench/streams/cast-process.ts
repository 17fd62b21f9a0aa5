/** A casting server as a process on the servers' core, seen from the bench. */

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Child, SERVER_CORE } from '../harness/child.js';
import { within } from '../harness/deadline.js';
import type { CastOrder, CastReport } from './cast-orders.js';

export type CastKind = 'room' | 'hub';

const REPLY_MS = 20_000;

export class CastProcess {
  readonly kind: CastKind;
  readonly port: number;
  readonly #child: Child;

  private constructor(kind: CastKind, port: number, child: Child) {
    this.kind = kind;
    this.port = port;
    this.#child = child;
  }

  static async start(kind: CastKind): Promise<CastProcess> {
    const file = fileURLToPath(new URL('./cast-server.js', import.meta.url));
    const child = new Child({ name: `the server "${kind}"`, core: SERVER_CORE, args: [file, kind], ipc: true });
    const listening = await hear(child, 'listening');
    return new CastProcess(kind, listening.port, child);
  }

  order(order: CastOrder): void {
    this.#child.process.send(order);
  }

  /** CPU since its start, in microseconds. */
  async cpuUs(): Promise<number> {
    const reply = hear(this.#child, 'cpu');
    this.order({ kind: 'cpu' });
    return (await reply).us;
  }

  end(): Promise<void> {
    return this.#child.end('SIGKILL');
  }
}

async function hear<Kind extends CastReport['kind']>(
  child: Child,
  kind: Kind,
): Promise<Extract<CastReport, { readonly kind: Kind }>> {
  const message = once(child.process, 'message').then(([report]) => report as CastReport);
  const report = await within(REPLY_MS, `a word from ${child.name}`, Promise.race([message, child.ended]));
  if (report.kind !== kind) throw new Error(`${child.name} said ${report.kind}, expected ${kind}`);
  return report as Extract<CastReport, { readonly kind: Kind }>;
}
