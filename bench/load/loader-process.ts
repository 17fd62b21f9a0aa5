/**
 * The bench's handle on one loader process: opens it, counts with it, ends it. Knows its messages; knows nothing of
 * servers.
 */

import { fileURLToPath } from 'node:url';
import { Child, LOADER_CORE } from '../harness/child.js';
import { pause, within } from '../harness/deadline.js';
import type { LoadCount, LoaderCommand, LoaderReport, LoadPlan } from './loader-messages.js';

const OPEN_MS = 120_000;
const ANSWER_MS = 10_000;

export class LoaderProcess {
  readonly #child: Child;
  /** Resolves the wait for each kind of report. */
  readonly #waiting = new Map<LoaderReport['kind'], (report: LoaderReport) => void>();
  /** Rejects at the first failure reported by the loader. */
  readonly #failure: Promise<never>;
  /** From the first connection attempt until the last socket was ready. */
  readonly #opened: Promise<LoaderReport>;

  constructor(plan: LoadPlan) {
    const file = fileURLToPath(new URL('./loader-main.js', import.meta.url));
    this.#child = new Child({ name: 'the loader', core: LOADER_CORE, args: [file, JSON.stringify(plan)], ipc: true });
    this.#failure = new Promise((_, reject) => {
      this.#waiting.set('failed', (report) => {
        if (report.kind === 'failed') reject(new Error(report.reason));
      });
    });
    this.#failure.catch(() => {});
    this.#opened = this.#report('opened');
    this.#child.process.on('message', (report: LoaderReport) => this.#waiting.get(report.kind)?.(report));
  }

  /** Milliseconds until all sockets were ready, counted by the loader itself. */
  async opened(): Promise<number> {
    const report = await this.#wait(OPEN_MS, 'opening the sockets', this.#opened);
    return report.kind === 'opened' ? report.ms : Number.NaN;
  }

  start(): void {
    this.#send({ kind: 'start' });
  }

  async begin(): Promise<void> {
    const began = this.#report('began');
    this.#send({ kind: 'begin' });
    await this.#wait(ANSWER_MS, "the loader's answer", began);
  }

  async end(): Promise<LoadCount> {
    const counted = this.#report('counted');
    this.#send({ kind: 'end' });
    const report = await this.#wait(ANSWER_MS, "the loader's count", counted);
    if (report.kind !== 'counted' || report.count.answered === 0) {
      throw new Error('the server answered no request in the whole window');
    }
    return report.count;
  }

  /** Pauses the load until it is started again. */
  async pause(): Promise<void> {
    const paused = this.#report('paused');
    this.#send({ kind: 'pause' });
    await this.#wait(ANSWER_MS, 'the last answers', paused);
  }

  /** Lets time pass under load; a failure of the loader ends it. */
  async run(seconds: number): Promise<void> {
    await pause(seconds, Promise.race([this.#failure, this.#child.ended]));
  }

  close(): Promise<void> {
    return this.#child.end('SIGKILL');
  }

  #send(command: LoaderCommand): void {
    if (this.#child.process.connected) this.#child.process.send(command);
  }

  #report(kind: LoaderReport['kind']): Promise<LoaderReport> {
    return new Promise((resolve) => this.#waiting.set(kind, resolve));
  }

  #wait<T>(ms: number, what: string, wait: Promise<T>): Promise<T> {
    return within(ms, what, Promise.race([wait, this.#failure, this.#child.ended]));
  }
}
