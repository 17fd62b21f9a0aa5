/** Follows a prediction log: lines appended from now on, new files included. */

import { open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { findLogFiles, type Unread } from './log-files.js';
import { type LogLine, parseLogLine } from './log-line.js';

interface Place {
  bytes: number;
  /** The beginning of an unfinished line. */
  rest: string;
  readonly decoder: StringDecoder;
}

const LOOK_EVERY_MS = 200;
const READ_BYTES = 1 << 16;

export class Follower {
  readonly #path: string;
  readonly #unread: Unread;
  readonly #places = new Map<string, Place>();

  constructor(path: string, unread: Unread) {
    this.#path = path;
    this.#unread = unread;
  }

  /** Skips the files' present content. Call before reading them. */
  async begin(): Promise<void> {
    for (const path of await this.#files()) this.#places.set(path, place((await stat(path)).size));
  }

  /** Ends with the signal. */
  async *lines(signal: AbortSignal): AsyncGenerator<LogLine> {
    while (!signal.aborted) {
      const files = await this.#files();
      for (const path of this.#places.keys()) if (!files.includes(path)) this.#places.delete(path);
      for (const path of files) yield* this.#added(path);
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #files(): Promise<readonly string[]> {
    const found = await findLogFiles(this.#path);
    return found.ok ? found.processes.flat() : [];
  }

  async *#added(path: string): AsyncGenerator<LogLine> {
    const at = this.#places.get(path) ?? place(0);
    this.#places.set(path, at);
    const file = await open(path).catch(() => undefined);
    if (file === undefined) return;
    try {
      const chunk = Buffer.alloc(READ_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(chunk, 0, READ_BYTES, at.bytes);
        if (bytesRead === 0) return;
        at.bytes += bytesRead;
        const lines = (at.rest + at.decoder.write(chunk.subarray(0, bytesRead))).split('\n');
        at.rest = lines.pop() ?? '';
        for (const text of lines) {
          const line = parseLogLine(text);
          if (line !== undefined) yield line;
          else this.#unread.count += 1;
        }
      }
    } finally {
      await file.close();
    }
  }
}

function place(bytes: number): Place {
  return { bytes, rest: '', decoder: new StringDecoder('utf8') };
}
