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

export const nodeFileSystem: LogFileSystem = {
  create: (path) => openSync(path, 'ax'),
  write: (file, bytes, start, end) => writeSync(file, bytes, start, end - start),
  truncate: ftruncateSync,
  close: closeSync,
  identity: (path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : `${stats.dev} ${stats.ino}`;
  },
  makeFolder: (path) => {
    mkdirSync(path);
  },
  list: (folder) =>
    readdirSync(folder).flatMap((name) => {
      const stats = statSync(join(folder, name), { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ name, modifiedMs: stats.mtimeMs }];
    }),
  remove: (path) => rmSync(path),
};
