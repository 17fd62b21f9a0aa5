/**
 * The bench's handle on its publisher or its viewers: starts the process, keeps its last report, ends it. Knows nothing
 * of the page.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child, LOADER_CORE } from '../harness/child.js';
import { within } from '../harness/deadline.js';
import { processCpuSeconds } from '../harness/process-cpu.js';
import type { LoadCounts, LoadPlan } from './load-messages.js';

const READY_MS = 120_000;
const POLL_MS = 50;

export class LoadProcess {
  readonly #name: string;
  readonly #child: Child;
  #report: LoadCounts = { done: 0, failed: 0, skipped: 0, live: 0, example: '' };

  constructor(plan: LoadPlan) {
    const file = fileURLToPath(new URL('./load-main.js', import.meta.url));
    this.#name = plan.role === 'publisher' ? 'the publisher' : 'the viewers';
    this.#child = new Child({ name: this.#name, core: LOADER_CORE, args: [file, JSON.stringify(plan)], ipc: true });
    this.#child.process.on('message', (report: LoadCounts) => {
      this.#report = report;
    });
  }

  get report(): LoadCounts {
    return this.#report;
  }

  /** Rejects when the process ends by itself. */
  get ended(): Promise<never> {
    return this.#child.ended;
  }

  /** Resolves once this many of its clients are live. */
  async ready(live: number): Promise<void> {
    const isReady = async (): Promise<void> => {
      while (this.#report.live < live && this.#child.process.exitCode === null) await delay(POLL_MS);
    };
    await within(READY_MS, `the start of ${this.#name}`, Promise.race([isReady(), this.#child.ended]));
  }

  /** Since its start, all threads. */
  cpuSeconds(): number {
    return processCpuSeconds(this.#child.pid);
  }

  close(): Promise<void> {
    return this.#child.end('SIGKILL');
  }
}
