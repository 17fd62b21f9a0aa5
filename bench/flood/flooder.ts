/** The bench's handle on the flooder's process. */

import { fileURLToPath } from 'node:url';
import { Child, LOADER_CORE } from '../harness/child.js';
import { within } from '../harness/deadline.js';
import type { FlooderReport, FloodPlan } from './flood-messages.js';

const FLOOD_MS = 30_000;

export class Flooder {
  readonly #child: Child;

  constructor(plan: FloodPlan) {
    const file = fileURLToPath(new URL('./flooder-main.js', import.meta.url));
    this.#child = new Child({ name: 'the flooder', core: LOADER_CORE, args: [file, JSON.stringify(plan)], ipc: true });
  }

  /** Floods for a second; resolves when every attempt has ended. */
  flood(): Promise<FlooderReport> {
    const report = new Promise<FlooderReport>((resolve) => this.#child.process.once('message', resolve));
    this.#child.process.send('flood');
    return within(FLOOD_MS, 'the flood', Promise.race([report, this.#child.ended]));
  }

  close(): Promise<void> {
    return this.#child.end('SIGKILL');
  }
}
