/**
 * The file-system calls that the log needs, replaceable so that a test can fill a disk. All calls may throw as Node's
 * do, with a `code`.
 */

import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface LogFileSystem {
  /** Creates a file for appending; it must not exist yet. */
  create(path: string): number;
  /** Appends; returns the number of bytes written, which may be fewer. */
  write(file: number, bytes: Uint8Array, start: number, end: number): number;
  truncate(file: number, length: number): void;
  close(file: number): void;
  /** Identifies a file; undefined when it does not exist. */
  identity(path: string): string | undefined;
  makeFolder(path: string): void;
  list(folder: string): readonly { readonly name: string; readonly modifiedMs: number }[];
  remove(path: string): void;
  /** The first bytes of a file as text. */
  head(path: string, bytes: number): string;
}

/** There is no room: there may be some later. */
const NO_ROOM = ['ENOSPC', 'EDQUOT'];
/** What users send must not be readable by everybody on the machine. */
const FILE_MODE = 0o640;
export const FOLDER_MODE = 0o750;

export function hasNoRoom(cause: unknown): boolean {
  return NO_ROOM.includes(codeOf(cause));
}

/** Such as `ENOENT`; empty for an error without a code. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

export const nodeFileSystem: LogFileSystem = {
  create: (path) => openSync(path, 'ax', FILE_MODE),
  write: (file, bytes, start, end) => writeSync(file, bytes, start, end - start),
  truncate: ftruncateSync,
  close: closeSync,
  identity: (path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : `${stats.dev} ${stats.ino}`;
  },
  makeFolder: (path) => {
    mkdirSync(path, FOLDER_MODE);
  },
  list: (folder) =>
    readdirSync(folder).flatMap((name) => {
      const stats = statSync(join(folder, name), { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ name, modifiedMs: stats.mtimeMs }];
    }),
  remove: (path) => rmSync(path),
  head: (path, bytes) => {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(bytes);
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, bytes, 0));
    } finally {
      closeSync(file);
    }
  },
};
