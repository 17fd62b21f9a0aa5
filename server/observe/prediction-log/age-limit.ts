/**
 * Removes lines by age, a file at a time: a file goes when its first line is too old, and files are short enough that
 * those with it are nearly so.
 */

import { join } from 'node:path';
import { readLogFileName } from './file-name.js';
import { codeOf, type LogFileSystem } from './log-file-system.js';

/** How many files share the age: the last of a file goes at most a tenth too early. */
const FILES_AN_AGE = 10;
const LEAST_MS = 1000;
const HEAD_BYTES = 64;

/** Maximum age of a file that is written, in milliseconds, so that no line outlives `keepMs`. */
export function rotateWithin(rotateMs: number, keepMs: number | undefined): number {
  return keepMs === undefined ? rotateMs : Math.min(rotateMs, Math.max(LEAST_MS, keepMs / FILES_AN_AGE));
}

/** Removes the files of a folder, whoever wrote them, whose first line is older than `keepMs`. May throw as Node does. */
export function removeOldFiles(files: LogFileSystem, folder: string, keepMs: number, wallNow: number): void {
  for (const { name, modifiedMs } of files.list(folder)) {
    if (readLogFileName(name) === undefined) continue;
    const path = join(folder, name);
    try {
      if (wallNow - (firstLineAt(files.head(path, HEAD_BYTES)) ?? modifiedMs) > keepMs) files.remove(path);
    } catch (cause) {
      // Somebody else was faster.
      if (codeOf(cause) !== 'ENOENT') throw cause;
    }
  }
}

/** Milliseconds since 1970; undefined for a file that begins otherwise, such as with erased lines. */
function firstLineAt(head: string): number | undefined {
  const time = /"time":"([^"]+)"/.exec(head)?.[1];
  const at = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? undefined : at;
}
