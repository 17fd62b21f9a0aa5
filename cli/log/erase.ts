/** Erases lines of the log in place: the text is overwritten with blanks, which readers skip. */

import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findLogFiles } from './log-files.js';
import { parseLogLine } from './log-line.js';

/** A line is erased when it meets all conditions that are given. */
export interface Erasure {
  /** As it stands in the lines. */
  readonly subject: string | undefined;
  /** Milliseconds since 1970. */
  readonly before: number | undefined;
}

export interface EraseCount {
  lines: number;
  read: number;
  files: number;
}

const CHUNK_BYTES = 1 << 16;
const [LF, BLANK] = [0x0a, 0x20];
/** A hub writes what it has collected within this time, in milliseconds. */
const SETTLE_MS = 500;

/** Erases in every file of a log; then once more in what was added meanwhile. Rejects as Node's file system does. */
export async function eraseLines(path: string, erasure: Erasure, dryRun: boolean): Promise<EraseCount> {
  const count: EraseCount = { lines: 0, read: 0, files: 0 };
  const done = new Map<string, number>();
  for (let pass = 0; pass < 2; pass++) {
    if (pass > 0) await delay(SETTLE_MS);
    const found = await findLogFiles(path);
    if (!found.ok) return count;
    for (const file of found.processes.flat()) {
      const from = done.get(file) ?? 0;
      const to = await eraseFile(file, from, erasure, dryRun, count);
      if (!done.has(file)) count.files += 1;
      done.set(file, to);
    }
  }
  return count;
}

/** Returns how far it went: to the end of the last whole line. */
async function eraseFile(
  path: string,
  from: number,
  erasure: Erasure,
  dryRun: boolean,
  count: EraseCount,
): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path, dryRun ? 'r' : 'r+');
  } catch (cause) {
    // Retention was faster.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return from;
    throw cause;
  }
  try {
    let lineAt = from;
    let rest = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, lineAt + rest.length);
      if (bytesRead === 0) break;
      let bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF)) {
        const text = bytes.toString('utf8', 0, end);
        if (text.trim() !== '') count.read += 1;
        if (isErased(text, erasure)) {
          count.lines += 1;
          if (!dryRun) await file.write(Buffer.alloc(end, BLANK), 0, end, lineAt);
        }
        lineAt += end + 1;
        bytes = bytes.subarray(end + 1);
      }
      rest = Buffer.from(bytes);
    }
    if (!dryRun) await file.sync();
    return lineAt;
  } finally {
    await file.close();
  }
}

function isErased(text: string, { subject, before }: Erasure): boolean {
  const line = parseLogLine(text);
  if (line === undefined) return false;
  return (subject === undefined || line.subject === subject) && (before === undefined || line.at < before);
}
