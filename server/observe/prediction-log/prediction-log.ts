/**
 * The prediction log in the main thread: a tap that collects the rows of predictions and posts them to its own thread,
 * which writes them. Never blocks and never throws into the hub: what cannot be logged is dropped and counted. Logged,
 * dropped and unsampled rows add up to all predicted rows.
 */

import { messageOf } from '../../../shared/words/message-of.js';
import type { Clock, Timer } from '../../contracts/clock.js';
import type { Predicted } from '../../contracts/outcome.js';
import type { ObservedRequest, Tap } from '../../contracts/tap.js';
import type { SpawnWorker, WorkerPort } from '../../threads/worker-port.js';
import { LogThrottle } from '../log/log-throttle.js';
import type { Logger } from '../log/logger.js';
import type { FromLogWorker, RowLayout, ToLogWorker, WrittenMessage } from './messages.js';
import { RowCollector } from './row-collector.js';
import { Sampler } from './sampler.js';

export interface PredictionLogParts {
  readonly spawn: SpawnWorker<FromLogWorker, ToLogWorker>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  readonly log: Logger;
  readonly layout: RowLayout;
  /** One row in this many is logged. */
  readonly oneIn: number;
  /** Maximum rows queued for the thread. */
  readonly maxQueueRows: number;
}

/** Counts since the start, in rows. */
export interface PredictionLogCounts {
  /** Rows written to a file. */
  readonly written: number;
  /** Lost: the queue or the disk was full, or the folder was not writable. */
  readonly dropped: number;
  /** Not sampled. */
  readonly leftOut: number;
  /** Number of failed writes. */
  readonly writeErrors: number;
  /** Rows queued for the thread. */
  readonly queuedRows: number;
}

/** About one batch of predictions; a post costs as much as some tens of rows. */
const POST_ROWS = 256;
/** Longest wait of a row for others, in milliseconds. */
const POST_MS = 20;
/** Rows have any size, so the queue is bounded in bytes too. */
const MAX_QUEUE_BYTES = 64 << 20;
/** Time limit for a thread to start, in milliseconds. */
const START_MS = 10_000;
/**
 * How long to wait for a thread after terminating it, in milliseconds: it still reports what it had written, unless it
 * hangs in a system call.
 */
const TERMINATE_MS = 1000;
/**
 * Delay before a lost thread is replaced, in milliseconds, so that one that fails repeatedly does not waste the hub's
 * time.
 */
const RESTART_MS = 1000;
const WARN_EVERY_MS = 60_000;

export class PredictionLog implements Tap {
  readonly name = 'prediction log';
  readonly #parts: PredictionLogParts;
  readonly #sampler: Sampler;
  readonly #collector: RowCollector;
  #counts = { written: 0, dropped: 0, leftOut: 0, writeErrors: 0 };
  #port: WorkerPort<ToLogWorker> | undefined;
  /** Posted and not yet answered. */
  #posted = { rows: 0, bytes: 0 };
  #postTimer: Timer | undefined;
  #restartTimer: Timer | undefined;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  #exited: ((reason: string) => void) | undefined;
  #greeted: (() => void) | undefined;
  readonly #throttle: LogThrottle;
  #warned = false;

  constructor(parts: PredictionLogParts) {
    this.#parts = parts;
    this.#sampler = new Sampler(parts.oneIn);
    this.#collector = new RowCollector(parts.layout);
    this.#throttle = new LogThrottle(parts.clock);
  }

  /** Starts its thread; resolves with what is wrong with it, or undefined. */
  start(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (problem: string | undefined): void => {
        timer.cancel();
        this.#greeted = undefined;
        this.#exited = undefined;
        this.#isClosed = problem !== undefined;
        if (problem !== undefined) this.#port?.terminate();
        resolve(problem);
      };
      const timer = this.#parts.clock.setTimer(START_MS, () => settle('the log’s thread did not start in time'));
      this.#greeted = () => settle(undefined);
      this.#exited = (reason) => settle(`the log’s thread did not start: ${reason}`);
      this.#spawn();
    });
  }

  get counts(): PredictionLogCounts {
    return { ...this.#counts, queuedRows: this.#posted.rows + this.#collector.rows };
  }

  predicted(request: ObservedRequest, outcome: Predicted): void {
    if (request.origin.internal) return;
    const counts = this.#counts;
    const at = this.#parts.wallNow();
    let parts: ReturnType<RowCollector['partsOf']> | undefined;
    for (let row = 0; row < outcome.output.rows; row++) {
      if (!this.#sampler.takes()) {
        counts.leftOut += 1;
        continue;
      }
      const refusal = this.#refusal();
      if (refusal !== undefined) this.#drop(1, refusal);
      else {
        try {
          parts ??= this.#collector.partsOf(request, outcome);
          this.#collector.add(request, outcome, parts, row, at);
        } catch (cause) {
          this.#drop(1, messageOf(cause));
        }
        if (this.#collector.rows >= POST_ROWS) this.#post();
      }
    }
    if (this.#collector.rows > 0) this.#postTimer ??= this.#parts.clock.setTimer(POST_MS, () => this.#post());
  }

  /** Flushes within `deadlineMs` milliseconds and ends the thread. A second call joins the first. */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#post();
    this.#isClosed = true;
    this.#restartTimer?.cancel();
    const port = this.#port;
    if (port === undefined) return;
    await new Promise<void>((resolve) => {
      const { clock } = this.#parts;
      let timer = clock.setTimer(deadlineMs, () => {
        port.terminate();
        timer = clock.setTimer(TERMINATE_MS, () => this.#lose('it hangs'));
      });
      this.#exited = () => {
        timer.cancel();
        resolve();
      };
      port.post({ type: 'close' });
    });
  }

  /** Why a row cannot be accepted now. */
  #refusal(): string | undefined {
    if (this.#port === undefined || this.#isClosed) return 'the log’s thread is gone';
    const rows = this.#posted.rows + this.#collector.rows;
    const bytes = this.#posted.bytes + this.#collector.bytes;
    const isFull = rows >= this.#parts.maxQueueRows || bytes >= MAX_QUEUE_BYTES;
    return isFull ? `the queue is full: ${rows} rows wait to be written` : undefined;
  }

  #post(): void {
    this.#postTimer?.cancel();
    this.#postTimer = undefined;
    if (this.#collector.rows === 0) return;
    const message = this.#collector.take();
    if (this.#port === undefined) return this.#drop(message.rows, 'the log’s thread is gone');
    this.#posted.rows += message.rows;
    this.#posted.bytes += message.bytes;
    this.#port.post(message, [message.numbers.buffer, message.elements.buffer]);
  }

  #spawn(): void {
    this.#port = this.#parts.spawn({
      message: (message) => this.#hear(message),
      exit: (reason) => this.#lose(reason),
    });
  }

  #hear(message: FromLogWorker): void {
    if (message.type === 'hello') this.#greeted?.();
    else this.#answered(message);
  }

  #answered({ rows, bytes, written, problem, failed }: WrittenMessage): void {
    // Rows of an abandoned thread were counted when it was abandoned.
    if (this.#port === undefined) return;
    this.#posted.rows -= rows;
    this.#posted.bytes -= bytes;
    this.#counts.written += written;
    if (failed) this.#counts.writeErrors += 1;
    this.#counts.dropped += rows - written;
    if (problem !== undefined) this.#warn(problem);
    else if (this.#warned) {
      this.#warned = false;
      this.#parts.log.info({ ...this.counts }, 'the prediction log has recovered');
    }
  }

  /** The thread is gone, and the posted rows with it. */
  #lose(reason: string): void {
    this.#port = undefined;
    const { rows } = this.#posted;
    this.#posted = { rows: 0, bytes: 0 };
    // Callers waiting for its start or end see an unremarkable end.
    const exited = this.#exited;
    const isExpected = exited !== undefined || this.#isClosed;
    if (!isExpected || rows > 0) this.#drop(rows, `the log’s thread was lost: ${reason}`);
    if (exited !== undefined) return exited(reason);
    if (this.#isClosed) return;
    this.#restartTimer = this.#parts.clock.setTimer(RESTART_MS, () => this.#spawn());
  }

  #drop(rows: number, problem: string): void {
    this.#counts.dropped += rows;
    this.#warn(problem);
  }

  /** At most one line per minute, however many rows are lost. */
  #warn(problem: string): void {
    if (this.#throttle.due('trouble', WARN_EVERY_MS) === undefined) return;
    this.#warned = true;
    this.#parts.log.warn({ problem, ...this.counts }, 'the prediction log has trouble');
  }
}
