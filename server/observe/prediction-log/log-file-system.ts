/** What the log's files need of a file system, so that a test can fill one up. All calls may throw as Node's do, with a `code`. */

import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface LogFileSystem {
  /** Makes a file that must not be there yet, to append to. */
  create(path: string): number;
  /** Appends; how many bytes, which may be fewer. */
  write(file: number, bytes: Uint8Array, start: number, end: number): number;
  truncate(file: number, length: number): void;
  close(file: number): void;
  /** Tells files apart; undefined where there is none. */
  identity(path: string): string | undefined;
  makeFolder(path: string): void;
  list(folder: string): readonly { readonly name: string; readonly modifiedMs: number }[];
  remove(path: string): void;
}

/** There was no room: there may be some later. */
const NO_ROOM = ['ENOSPC', 'EDQUOT'];
/** What users send is not for everybody on the machine. */
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
};
