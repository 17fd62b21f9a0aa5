/**
 * A bounded queue of lines to a sink that may be slow, stuck or broken. Lines that do not fit are dropped and counted;
 * once there is room again, a line reports their number. Nobody waits for it. Knows no line format.
 */

import type { Clock, Timer } from '../contracts/clock.js';
import type { LogSink } from './log-sink.js';

export interface LogOutletOptions {
  readonly sink: LogSink;
  readonly clock: Pick<Clock, 'immediate' | 'setTimer'>;
  /** Formats a line, line end included, once it is certain to be kept. */
  readonly format: (line: string) => string;
  /** The line that reports dropped ones, line end included. */
  readonly note: (dropped: number) => string;
  /** Maximum bytes queued, including those being written. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 1 << 20;
/** Size of one write, in bytes: the capacity of a pipe. */
const CHUNK_BYTES = 1 << 16;
/** Delay before a failed sink is tried again, in milliseconds: a disk may have room again, a named pipe a reader. */
const RETRY_MS = 1000;

interface Waiting {
  readonly text: string;
  readonly bytes: number;
}

export class LogOutlet {
  readonly #options: LogOutletOptions;
  readonly #maxBytes: number;
  #queue: Waiting[] = [];
  /** Bytes of the queue and the chunk. */
  #bytes = 0;
  /** The chunk being written, or that could not be. */
  #chunk: Buffer | undefined;
  #isWriting = false;
  #isDue = false;
  #retry: Timer | undefined;
  /** Dropped and not yet reported. */
  #dropped = 0;
  #whenRested: (() => void)[] = [];

  constructor(options: LogOutletOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
  }

  write(line: string): void {
    // After a dropped line, further ones are dropped until there is ample room, so that a gap is contiguous and
    // reported once.
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

  /**
   * Resolves when everything is written, when the sink fails, or after `withinMs` milliseconds. Accepts further lines.
   */
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

  /** Writes what the sink takes immediately, for a process that is about to exit: the rest is lost. */
  flushNow(): void {
    this.#tellDropped();
    // It would overtake an unfinished write.
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

  /** May exceed the bound by this one line, when the process ends and nothing was read. */
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
