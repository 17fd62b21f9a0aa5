/**
 * Lines on their way to a sink that may be slow, stuck or broken: a bounded queue. What does not fit is dropped and counted; once there is room
 * again, a line says how many. Nobody waits for it. Knows no form of lines.
 */

import type { Clock, Timer } from '../contracts/clock.js';
import type { LogSink } from './log-sink.js';

export interface LogOutletOptions {
  readonly sink: LogSink;
  readonly clock: Pick<Clock, 'immediate' | 'setTimer'>;
  /** Makes the text of a line, line end included, when it is certain that it is kept. */
  readonly format: (line: string) => string;
  /** The line that tells of dropped ones, line end included. */
  readonly note: (dropped: number) => string;
  /** Most bytes that wait, those being written included. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 1 << 20;
/** Of one write: what a pipe takes at once. */
const CHUNK_BYTES = 1 << 16;
/** A sink that failed is tried again after this, in milliseconds: a disk may have room again, a named pipe a reader. */
const RETRY_MS = 1000;

interface Waiting {
  readonly text: string;
  readonly bytes: number;
}

export class LogOutlet {
  readonly #options: LogOutletOptions;
  readonly #maxBytes: number;
  #queue: Waiting[] = [];
  /** Of the queue and of the chunk. */
  #bytes = 0;
  /** What is being written, or could not be. */
  #chunk: Buffer | undefined;
  #isWriting = false;
  #isDue = false;
  #retry: Timer | undefined;
  /** Not told yet. */
  #dropped = 0;
  #whenRested: (() => void)[] = [];

  constructor(options: LogOutletOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
  }

  write(line: string): void {
    // What follows a dropped line is dropped until there is much room: a gap is one, with one line that tells of it.
    if (this.#dropped > 0) {
      this.#dropped += 1;
      return;
    }
    const text = this.#options.format(line);
    const bytes = Buffer.byteLength(text);
    if (this.#bytes + bytes <= this.#maxBytes) return this.#add({ text, bytes });
    this.#dropped = 1;
    this.#tellIfRoom();
  }

  /** Resolves when all is written, when the sink fails, or after `withinMs`. Lines may be written on. */
  async flush(withinMs: number): Promise<void> {
    this.#tellDropped();
    this.#pump();
    if (!this.#isWriting) return;
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.setTimer(withinMs, resolve);
      this.#whenRested.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Writes what the sink takes at once. For a process that ends now: what waits after this is lost. */
  flushNow(): void {
    this.#tellDropped();
    // What stands behind a write that has not ended would overtake it.
    if (this.#isWriting) return;
    const rest = Buffer.from(this.#queue.map(({ text }) => text).join(''));
    this.#options.sink.writeLast(this.#chunk === undefined ? rest : Buffer.concat([this.#chunk, rest]));
    this.#queue = [];
    this.#chunk = undefined;
    this.#bytes = 0;
  }

  #add(line: Waiting): void {
    this.#queue.push(line);
    this.#bytes += line.bytes;
    if (this.#isDue || this.#isWriting || this.#retry !== undefined) return;
    // One write for all lines of an event-loop turn.
    this.#isDue = true;
    this.#options.clock.immediate(() => {
      this.#isDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#isWriting) return;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#chunk ??= this.#takeChunk();
    if (this.#chunk === undefined) return this.#rest();
    this.#isWriting = true;
    this.#options.sink.write(this.#chunk, (takenBytes, error) => this.#written(takenBytes, error ?? undefined));
  }

  #written(takenBytes: number, error: Error | undefined): void {
    this.#isWriting = false;
    this.#bytes -= takenBytes;
    const chunk = this.#chunk?.subarray(takenBytes);
    this.#chunk = chunk === undefined || chunk.length === 0 ? undefined : chunk;
    if (error !== undefined) {
      this.#retry = this.#options.clock.setTimer(RETRY_MS, () => this.#pump());
      return this.#rest();
    }
    this.#tellIfRoom();
    this.#pump();
  }

  #takeChunk(): Buffer | undefined {
    let bytes = 0;
    let lines = 0;
    while (lines < this.#queue.length && (bytes === 0 || bytes + (this.#queue[lines]?.bytes ?? 0) <= CHUNK_BYTES)) {
      bytes += this.#queue[lines]?.bytes ?? 0;
      lines += 1;
    }
    if (lines === 0) return undefined;
    const taken = this.#queue.splice(0, lines);
    return Buffer.from(taken.map(({ text }) => text).join(''));
  }

  #tellIfRoom(): void {
    if (this.#bytes <= this.#maxBytes / 2) this.#tellDropped();
  }

  /** Beyond the bound by this one line, where the process ends and nothing was read. */
  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const text = this.#options.note(this.#dropped);
    this.#dropped = 0;
    this.#add({ text, bytes: Buffer.byteLength(text) });
  }

  #rest(): void {
    const waiting = this.#whenRested;
    this.#whenRested = [];
    for (const tell of waiting) tell();
  }
}
