/**
 * The unsettled runs of one engine thread: posted ones with their hang limits, and those waiting for a thread. Knows no
 * model state.
 */

import { DeadlineTimer } from '../../../shared/time/deadline-timer.js';
import type { Clock } from '../../contracts/clock.js';
import type { BatchOutcome, PackedBatch } from '../../contracts/engine.js';
import type { WorkerPort } from '../../threads/worker-port.js';
import type { ToWorker } from './messages.js';

/** A batch for one thread. */
export interface ThreadBatch extends PackedBatch {
  /** Of a model with open sizes: those of this run, by dimension. */
  readonly sizes?: readonly number[];
}

interface Run {
  readonly handle: number;
  readonly batch: ThreadBatch;
  readonly settle: (outcome: BatchOutcome) => void;
  posted: boolean;
  /** Once posted: when it counts as hung. Before: when it has waited too long. */
  deadline: number;
}

export class ThreadRuns {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #hung: (reason: string) => void;
  readonly #deadlines: DeadlineTimer;
  readonly #runs = new Map<number, Run>();
  readonly #idle: (() => void)[] = [];
  #lastId = 0;

  /** @param hung called when a posted run exceeds its limit; it must call {@link losePosted}. */
  constructor(clock: Clock, waitMs: number, hung: (reason: string) => void) {
    this.#clock = clock;
    this.#waitMs = waitMs;
    this.#hung = hung;
    // Reads answers that arrived while this thread was busy before judging a run.
    const patient = {
      now: () => clock.now(),
      setTimer: (delayMs: number, run: () => void) => clock.setTimer(delayMs, () => clock.immediate(run)),
    };
    this.#deadlines = new DeadlineTimer(patient, 0, (now) => this.#check(now));
  }

  get size(): number {
    return this.#runs.size;
  }

  /** Adds a run; posts it immediately when a port is given. */
  add(handle: number, batch: ThreadBatch, port: WorkerPort<ToWorker> | undefined): Promise<BatchOutcome> {
    return new Promise((settle) => {
      const id = ++this.#lastId;
      const run: Run = { handle, batch, settle, posted: false, deadline: this.#clock.now() + this.#waitMs };
      this.#runs.set(id, run);
      if (port === undefined) this.#deadlines.arm(run.deadline);
      else this.#post(id, run, port);
    });
  }

  /** Posts the waiting runs, in order of arrival. */
  postAll(port: WorkerPort<ToWorker>): void {
    for (const [id, run] of this.#runs) if (!run.posted) this.#post(id, run, port);
  }

  settle(id: number, outcome: BatchOutcome): void {
    const run = this.#runs.get(id);
    this.#runs.delete(id);
    run?.settle(outcome);
    if (this.#runs.size === 0) for (const idle of this.#idle.splice(0)) idle();
  }

  /** Resolves once none is left. */
  idle(): Promise<void> {
    return this.#runs.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** The thread is gone, and the posted runs with it. */
  losePosted(reason: string): void {
    for (const [id, run] of [...this.#runs]) if (run.posted) this.settle(id, { status: 'lost', reason });
  }

  end(reason: string): void {
    this.#deadlines.close();
    for (const id of [...this.#runs.keys()]) this.settle(id, { status: 'lost', reason });
  }

  #post(id: number, run: Run, port: WorkerPort<ToWorker>): void {
    const { rows, buffer, hangMs, sizes } = run.batch;
    run.posted = true;
    run.deadline = this.#clock.now() + hangMs;
    this.#deadlines.arm(run.deadline);
    const message = { type: 'run', batchId: id, handle: run.handle, rows, buffer } as const;
    port.post(sizes === undefined ? message : { ...message, sizes }, [buffer]);
  }

  /** Handles runs over their limit, and returns the earliest remaining one. */
  #check(now: number): number {
    for (const [id, run] of [...this.#runs]) {
      if (run.deadline > now || !this.#runs.has(id)) continue;
      if (run.posted)
        this.#hung(`a batch of ${run.batch.rows} rows took longer than ${Math.round(run.batch.hangMs)} ms`);
      else this.settle(id, { status: 'lost', reason: `no engine thread could run it within ${this.#waitMs} ms` });
    }
    let earliest = Number.POSITIVE_INFINITY;
    for (const { deadline } of this.#runs.values()) earliest = Math.min(earliest, deadline);
    return earliest;
  }
}
