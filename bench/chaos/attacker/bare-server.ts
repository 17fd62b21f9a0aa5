/** The handle on the bare server's process. */

import { fileURLToPath } from 'node:url';
import { Child, SERVER_CORE } from '../../harness/child.js';
import { within } from '../../harness/deadline.js';
import { freePort } from '../../harness/free-port.js';

const START_MS = 10_000;

export class BareServer {
  readonly port: number;
  readonly #child: Child;

  private constructor(port: number, child: Child) {
    this.port = port;
    this.#child = child;
  }

  static async start(): Promise<BareServer> {
    const port = await freePort();
    let listens = (): void => {};
    const listening = new Promise<void>((resolve) => {
      listens = resolve;
    });
    const args = [fileURLToPath(new URL('./bare-main.js', import.meta.url)), String(port)];
    const child = new Child({ name: 'the bare server', core: SERVER_CORE, args, onLine: () => listens() });
    await within(START_MS, 'the start of the bare server', Promise.race([listening, child.ended]));
    return new BareServer(port, child);
  }

  close(): Promise<void> {
    return this.#child.end('SIGTERM');
  }
}
