/** A file system in memory for the prediction log: a test can make it fill up, write partially and fail. */

import { basename, dirname } from 'node:path';
import type { LogFileSystem } from '../../server/observe/prediction-log/log-file-system.js';

interface MemoryFile {
  readonly inode: number;
  readonly modifiedMs: number;
  bytes: Buffer;
}

export class MemoryFiles implements LogFileSystem {
  /** Room in bytes for all files together. */
  room = Number.POSITIVE_INFINITY;
  /** The limit of `ulimit -f`. */
  maxFileBytes = Number.POSITIVE_INFINITY;
  /** Maximum bytes per write. */
  maxWriteBytes = Number.POSITIVE_INFINITY;
  /** The error code of each failing call. */
  readonly failing: { [call in keyof LogFileSystem]?: string } = {};
  readonly folders = new Set<string>(['/log']);
  readonly #files = new Map<string, MemoryFile>();
  readonly #open = new Map<number, MemoryFile>();
  #count = 0;

  /** Texts by file name, in name order. */
  get texts(): Readonly<Record<string, string>> {
    const names = [...this.#files.keys()].sort();
    return Object.fromEntries(names.map((path) => [basename(path), this.#files.get(path)?.bytes.toString() ?? '']));
  }

  /** Whole lines of all files. */
  get lines(): readonly string[] {
    return Object.values(this.texts).flatMap((text) => text.split('\n').slice(0, -1));
  }

  get openFiles(): number {
    return this.#open.size;
  }

  /** Adds a file written by somebody else. */
  put(path: string, text: string, modifiedMs = 0): void {
    this.#files.set(path, { inode: ++this.#count, modifiedMs, bytes: Buffer.from(text) });
  }

  head(path: string, bytes: number): string {
    this.#fail('head');
    const file = this.#files.get(path);
    if (file === undefined) throw failure('ENOENT');
    return file.bytes.toString('utf8', 0, bytes);
  }

  create(path: string): number {
    this.#fail('create');
    if (!this.folders.has(dirname(path))) throw failure('ENOENT');
    if (this.#files.has(path)) throw failure('EEXIST');
    const file = { inode: ++this.#count, modifiedMs: this.#count, bytes: Buffer.alloc(0) };
    this.#files.set(path, file);
    this.#open.set(file.inode, file);
    return file.inode;
  }

  write(file: number, bytes: Uint8Array, start: number, end: number): number {
    this.#fail('write');
    const opened = this.#opened(file);
    const used = [...this.#files.values()].reduce((sum, each) => sum + each.bytes.length, 0);
    const allowed = this.maxFileBytes - opened.bytes.length;
    const count = Math.min(end - start, this.maxWriteBytes, this.room - used, allowed);
    if (count <= 0) throw failure(allowed <= 0 ? 'EFBIG' : 'ENOSPC');
    opened.bytes = Buffer.concat([opened.bytes, bytes.subarray(start, start + count)]);
    return count;
  }

  truncate(file: number, length: number): void {
    this.#fail('truncate');
    const opened = this.#opened(file);
    opened.bytes = opened.bytes.subarray(0, length);
  }

  close(file: number): void {
    this.#open.delete(file);
    this.#fail('close');
  }

  identity(path: string): string | undefined {
    this.#fail('identity');
    return this.#files.get(path)?.inode.toString();
  }

  makeFolder(path: string): void {
    this.#fail('makeFolder');
    this.folders.add(path);
  }

  list(folder: string): readonly { readonly name: string; readonly modifiedMs: number }[] {
    this.#fail('list');
    const paths = [...this.#files].filter(([path]) => dirname(path) === folder);
    return paths.map(([path, { modifiedMs }]) => ({ name: basename(path), modifiedMs }));
  }

  remove(path: string): void {
    this.#fail('remove');
    if (!this.#files.delete(path)) throw failure('ENOENT');
  }

  #opened(file: number): MemoryFile {
    const opened = this.#open.get(file);
    if (opened === undefined) throw failure('EBADF');
    return opened;
  }

  #fail(call: keyof LogFileSystem): void {
    const code = this.failing[call];
    if (code !== undefined) throw failure(code);
  }
}

export function failure(code: string): Error {
  return Object.assign(new Error(`${code}: said by the test`), { code });
}
