/** The log's destination: standard output, written so that no reader can block the process. Knows no lines. */

import { fstatSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';

export interface LogSink {
  /**
   * Writes without blocking; one write at a time. `done` is called later with the number of bytes taken, also on
   * failure.
   */
  write(bytes: Buffer, done: (takenBytes: number, error?: Error | null) => void): void;
  /** Writes as much as possible immediately, for a process that is about to exit. */
  writeLast(bytes: Buffer): void;
}

/**
 * This process's standard output: a file is written by the thread pool; a terminal, pipe or socket when it is writable.
 */
export function standardOutput(): LogSink {
  const { stdout } = process;
  if (!(stdout instanceof Socket)) return fileSink(1);
  neverBlock(stdout);
  return streamSink(stdout);
}

/**
 * Keeps a stream of the process from blocking on its reader, and from ending the process when the reader has gone.
 * Pipes behave so already; terminals do not, since Node wants short programs to show all their output.
 */
export function neverBlock(stream: NodeJS.WriteStream): void {
  if (!unblocked.has(stream)) stream.on('error', () => {});
  unblocked.add(stream);
  if (!stream.isTTY) return;
  const { _handle: handle } = stream as unknown as { readonly _handle?: { setBlocking?(isBlocking: boolean): number } };
  handle?.setBlocking?.(false);
}

const unblocked = new WeakSet<NodeJS.WriteStream>();

function streamSink(stream: NodeJS.WriteStream): LogSink {
  return {
    write(bytes, done) {
      stream.write(bytes, (error) => done(error ? 0 : bytes.length, error));
    },
    writeLast(bytes) {
      stream.write(bytes);
    },
  };
}

function fileSink(fd: number): LogSink {
  // A regular file never blocks on a reader; anything else may.
  const isFile = isRegularFile(fd);
  return {
    write(bytes, done) {
      write(fd, bytes, 0, bytes.length, null, (error, takenBytes) => done(takenBytes ?? 0, error));
    },
    writeLast(bytes) {
      if (!isFile) return;
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      } catch {
        // The disk is full, and the process is exiting.
      }
    },
  };
}

function isRegularFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
