/** The runs that one engine thread has not settled: posted ones with their hang limits, and those that wait for a thread. Knows no model state. */

import type { Clock } from '../../contracts/clock.js';
import type { BatchOutcome, PackedBatch } from '../../contracts/engine.js';
import { Watchdog } from '../watchdog.js';
import type { ThreadPort } from './port.js';

interface Run {
  readonly handle: number;
  readonly batch: PackedBatch;
  readonly settle: (outcome: BatchOutcome) => void;
  posted: boolean;
  /** Once posted: when it is held to be hung. Before: when it has waited long enough. */
  deadline: number;
}

export class ThreadRuns {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #hung: (reason: string) => void;
  readonly #watchdog: Watchdog;
  readonly #runs = new Map<number, Run>();
  #lastId = 0;

  /** @param hung called when a posted run is over its limit; it must call {@link losePosted}. */
  constructor(clock: Clock, waitMs: number, hung: (reason: string) => void) {
    this.#clock = clock;
    this.#waitMs = waitMs;
    this.#hung = hung;
    this.#watchdog = new Watchdog(clock, (now) => this.#check(now));
  }

  get size(): number {
    return this.#runs.size;
  }

  /** Takes a run; posts it at once when a port is given. */
  add(handle: number, batch: PackedBatch, port: ThreadPort | undefined): Promise<BatchOutcome> {
    return new Promise((settle) => {
      const id = ++this.#lastId;
      const run: Run = { handle, batch, settle, posted: false, deadline: this.#clock.now() + this.#waitMs };
      this.#runs.set(id, run);
      if (port === undefined) this.#watchdog.watch(run.deadline);
      else this.#post(id, run, port);
    });
  }

  /** Posts what waits, in the order it came. */
  postAll(port: ThreadPort): void {
    for (const [id, run] of this.#runs) if (!run.posted) this.#post(id, run, port);
  }

  settle(id: number, outcome: BatchOutcome): void {
    const run = this.#runs.get(id);
    this.#runs.delete(id);
    run?.settle(outcome);
  }

  /** The thread is gone, and with it what it was given. */
  losePosted(reason: string): void {
    for (const [id, run] of [...this.#runs]) if (run.posted) this.settle(id, { status: 'lost', reason });
  }

  /** Fails the waiting runs of a model that cannot be run any more. */
  failAll(handle: number, reason: string): void {
    for (const [id, run] of [...this.#runs]) if (run.handle === handle) this.settle(id, { status: 'failed', reason });
  }

  end(reason: string): void {
    this.#watchdog.stop();
    for (const id of [...this.#runs.keys()]) this.settle(id, { status: 'lost', reason });
  }

  #post(id: number, run: Run, port: ThreadPort): void {
    const { rows, buffer, hangMs } = run.batch;
    run.posted = true;
    run.deadline = this.#clock.now() + hangMs;
    this.#watchdog.watch(run.deadline);
    port.post({ type: 'run', batchId: id, handle: run.handle, rows, buffer }, [buffer]);
  }

  #check(now: number): number | undefined {
    let next: number | undefined;
    for (const [id, run] of [...this.#runs]) {
      if (run.deadline > now) {
        next = Math.min(next ?? run.deadline, run.deadline);
      } else if (run.posted) {
        this.#hung(`a batch of ${run.batch.rows} rows took longer than ${Math.round(run.batch.hangMs)} ms`);
        return this.#earliest();
      } else {
        this.settle(id, { status: 'lost', reason: `no engine thread could run it within ${this.#waitMs} ms` });
      }
    }
    return next;
  }

  #earliest(): number | undefined {
    let earliest: number | undefined;
    for (const { deadline } of this.#runs.values()) earliest = Math.min(earliest ?? deadline, deadline);
    return earliest;
  }
}
