/** Handles a post in the log's thread: makes its lines and writes them, or reports them as lost. Knows no threads. */

import { LineMaker } from './line-maker.js';
import type { LogFileSystem } from './log-file-system.js';
import type { LogWorkerSettings, RowsMessage, WrittenMessage } from './messages.js';
import { RotatingFile } from './rotating-file.js';

export interface LogWriterParts {
  readonly files: LogFileSystem;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  readonly mark: string;
}

export class LogWriter {
  readonly #maker: LineMaker;
  readonly #file: RotatingFile;

  constructor(settings: LogWorkerSettings, parts: LogWriterParts) {
    this.#maker = new LineMaker(settings.layout, settings.oneIn);
    this.#file = new RotatingFile({ ...settings, ...parts });
  }

  write(message: RowsMessage): WrittenMessage {
    const { rows, bytes } = message;
    const problem = this.#file.pausedBy;
    // While nothing can be written, no lines need to be made.
    const outcome =
      problem === undefined
        ? this.#file.write(this.#maker.make(message), rows)
        : { written: 0, problem, failed: false };
    return { type: 'written', rows, bytes, ...outcome };
  }

  /** Removes lines that are too old. `wallNow`: milliseconds since 1970. */
  expire(wallNow: number): void {
    this.#file.expire(wallNow);
  }

  close(): void {
    this.#file.close();
  }
}
