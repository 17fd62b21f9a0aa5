/**
 * The file that lines are appended to, rotated by size and age. A failed write loses lines, never half of one: the file
 * is cut back to its last whole line before anything else is written. Never throws.
 */

import { join } from 'node:path';
import { messageOf } from '../../../shared/words/message-of.js';
import { removeOldFiles, rotateWithin } from './age-limit.js';
import { logFileName, readLogFileName } from './file-name.js';
import { codeOf, hasNoRoom, type LogFileSystem } from './log-file-system.js';

export interface RotatingFileOptions {
  readonly folder: string;
  readonly maxFileBytes: number;
  readonly rotateMs: number;
  /** Maximum files of the log in the folder, whoever wrote them; including the current one. */
  readonly keepFiles: number;
  /** Age beyond which no line is kept, in milliseconds; undefined: by number alone. */
  readonly keepMs?: number | undefined;
  readonly files: LogFileSystem;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** See `processMark`. */
  readonly mark: string;
}

export interface WriteOutcome {
  /** Lines written in full. */
  readonly written: number;
  readonly problem: string | undefined;
  /** Whether a write was attempted and failed. */
  readonly failed: boolean;
}

interface OpenFile {
  readonly file: number;
  readonly path: string;
  identity: string | undefined;
  readonly openedAt: number;
  /** Up to the end of the last whole line. */
  bytes: number;
  /** True while half a line may follow them. */
  isTorn: boolean;
}

/** Time after a failure during which lines are dropped without an attempt, in milliseconds. */
const RETRY_MS = 1000;
const LF = 0x0a;
/**
 * How many names taken by others are skipped: two containers may start in the same millisecond with the same process
 * id.
 */
const MAX_TAKEN_NAMES = 1000;

export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #open: OpenFile | undefined;
  #sequence = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;
  #pruneProblem: string | undefined;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /** Why nothing is written at present; undefined when a write would be attempted. */
  get pausedBy(): string | undefined {
    return this.#options.now() < this.#retryAt ? this.#problem : undefined;
  }

  /** Appends whole lines, `lines` of them. */
  write(bytes: Uint8Array, lines: number): WriteOutcome {
    let at = 0;
    try {
      while (at < bytes.length) at = this.#writeSome(bytes, at);
      return { written: lines, problem: this.#pruneProblem, failed: false };
    } catch (cause) {
      if (cause instanceof Torn) at = cause.at;
      const reason = cause instanceof Torn ? cause.reason : cause;
      this.#problem = messageOf(reason);
      this.#retryAt = this.#options.now() + RETRY_MS;
      // When only room is missing, the file is still good; after any other failure, another one is tried.
      if (!hasNoRoom(reason) && this.#open?.isTorn !== true) this.#leave();
      return { written: countLines(bytes, at), problem: this.#problem, failed: true };
    }
  }

  /** Removes what is older than `keepMs`, also where nothing is written. `wallNow`: milliseconds since 1970. */
  expire(wallNow: number): void {
    const { files, folder, keepMs } = this.#options;
    if (keepMs === undefined) return;
    const open = this.#open;
    if (open !== undefined && open.bytes > 0 && this.#isOld(open)) this.#leave();
    this.#pruneProblem = attempt(() => removeOldFiles(files, folder, keepMs, wallNow)) ?? this.#pruneProblem;
  }

  close(): void {
    this.#leave();
  }

  /** Appends what fits the current file, at least one line; returns where the rest begins. */
  #writeSome(bytes: Uint8Array, start: number): number {
    const open = this.#ready(bytes, start);
    const end = this.#endOf(bytes, start, open.bytes);
    let at = start;
    try {
      while (at < end) at += this.#options.files.write(open.file, bytes, at, end);
    } catch (cause) {
      const whole = lastLineEnd(bytes, start, at);
      open.bytes += whole - start;
      open.isTorn = whole < at;
      this.#mend(open, whole, cause);
      // The process may not write a larger file (ulimit -f): start the next one.
      const isFull = codeOf(cause) === 'EFBIG' && open.bytes > 0;
      if (!isFull) throw new Torn(whole, cause);
      this.#leave();
      return whole;
    }
    open.bytes += end - start;
    return end;
  }

  /** The file for the line at `start`. */
  #ready(bytes: Uint8Array, start: number): OpenFile {
    const { files, maxFileBytes } = this.#options;
    const open = this.#open;
    if (open === undefined) return this.#begin();
    this.#mend(open, start, undefined);
    const first = lineEnd(bytes, start) - start;
    const isFull = open.bytes > 0 && open.bytes + first > maxFileBytes;
    const isOld = open.bytes > 0 && this.#isOld(open);
    // Somebody moved or removed it: further writes to it would be lost.
    const isGone = files.identity(open.path) !== open.identity;
    if (!isFull && !isOld && !isGone) return open;
    this.#leave();
    return this.#begin();
  }

  #isOld({ openedAt }: OpenFile): boolean {
    const { rotateMs, keepMs, now } = this.#options;
    return now() - openedAt >= rotateWithin(rotateMs, keepMs);
  }

  #endOf(bytes: Uint8Array, start: number, used: number): number {
    const room = this.#options.maxFileBytes - used;
    if (bytes.length - start <= room) return bytes.length;
    return Math.max(lastLineEnd(bytes, start, start + room), lineEnd(bytes, start));
  }

  /** Cuts off half a line. Nothing may be appended before that. */
  #mend(open: OpenFile, at: number, reason: unknown): void {
    if (!open.isTorn) return;
    try {
      this.#options.files.truncate(open.file, open.bytes);
      open.isTorn = false;
    } catch (cause) {
      // A retry failed too: half a line, which readers skip, is better than no log.
      if (reason === undefined && !hasNoRoom(cause)) this.#leave();
      throw new Torn(at, reason ?? cause);
    }
  }

  #begin(): OpenFile {
    const { files, folder, now, mark } = this.#options;
    let isMade = false;
    for (let taken = 0; taken < MAX_TAKEN_NAMES; ) {
      const path = join(folder, logFileName(mark, ++this.#sequence));
      try {
        const file = files.create(path);
        const open: OpenFile = { file, path, identity: undefined, openedAt: now(), bytes: 0, isTorn: false };
        // Owned from here on, so that it is closed whatever fails.
        this.#open = open;
        open.identity = files.identity(path);
        this.#prune(path);
        return open;
      } catch (cause) {
        if (codeOf(cause) === 'EEXIST') taken += 1;
        else {
          this.#sequence -= 1;
          if (codeOf(cause) !== 'ENOENT' || isMade) throw cause;
          files.makeFolder(folder);
          isMade = true;
        }
      }
    }
    throw new Error(`${folder} has a file for each name that was tried`);
  }

  #leave(): void {
    const { files } = this.#options;
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    attempt(() => files.close(open.file));
    if (open.bytes > 0) return;
    attempt(() => {
      if (files.identity(open.path) === open.identity) files.remove(open.path);
    });
  }

  /** Removes the log's files with the oldest last write; a file that another hub is writing is not among them. */
  #prune(own: string): void {
    const { files, folder, keepFiles } = this.#options;
    this.#pruneProblem = attempt(() => {
      const others = files
        .list(folder)
        .filter(({ name }) => readLogFileName(name) !== undefined && join(folder, name) !== own)
        .sort((a, b) => a.name.localeCompare(b.name));
      for (const name of byLastWrite(others).slice(keepFiles - 1)) files.remove(join(folder, name));
    });
  }
}

/** Names, newest first. Files of one process are ordered by number, which is reliable even if the clock was changed. */
function byLastWrite(files: readonly { readonly name: string; readonly modifiedMs: number }[]): readonly string[] {
  const newest = new Map<string, number>();
  const known = files.map(({ name, modifiedMs }) => {
    const process = readLogFileName(name)?.process ?? '';
    const at = Math.max(modifiedMs, newest.get(process) ?? modifiedMs);
    newest.set(process, at);
    return { name, at };
  });
  return known.sort((a, b) => b.at - a.at || b.name.localeCompare(a.name)).map(({ name }) => name);
}

/** Thrown within the module: lines up to `at` were written. */
class Torn extends Error {
  readonly at: number;
  readonly reason: unknown;

  constructor(at: number, reason: unknown) {
    super('a write failed');
    this.at = at;
    this.reason = reason;
  }
}

/** What went wrong, if anything. Somebody else may have been faster. */
function attempt(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (cause) {
    return codeOf(cause) === 'ENOENT' ? undefined : messageOf(cause);
  }
}

/** The position after the last line end between `start` and `end`; `start` when there is none. */
function lastLineEnd(bytes: Uint8Array, start: number, end: number): number {
  return end <= start ? start : Math.max(start, bytes.lastIndexOf(LF, end - 1) + 1);
}

/** The position after the line at `start`. */
function lineEnd(bytes: Uint8Array, start: number): number {
  const at = bytes.indexOf(LF, start);
  return at < 0 ? bytes.length : at + 1;
}

function countLines(bytes: Uint8Array, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0 && at < end; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}
