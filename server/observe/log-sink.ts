/** Where the log goes: standard output, written so that no reader of it can hold the process up. Knows no lines. */

import { fstatSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';

export interface LogSink {
  /** Writes without waiting; one write at a time. `done` comes later, with how many bytes were taken, also when it failed. */
  write(bytes: Buffer, done: (takenBytes: number, error?: Error | null) => void): void;
  /** As much as can be written at once, for a process that ends now. */
  writeLast(bytes: Buffer): void;
}

/** Standard output of this process: a file is written by the thread pool, a terminal, a pipe or a socket when it takes more. */
export function standardOutput(): LogSink {
  const { stdout } = process;
  if (!(stdout instanceof Socket)) return fileSink(1);
  neverBlock(stdout);
  return streamSink(stdout);
}

/**
 * Has a stream of the process neither wait for its reader nor end the process when the reader has gone. A pipe is written so by itself; a
 * terminal is not, since Node wants short programs to show all they said.
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
  // Regular files never make a writer wait for a reader; whatever else this is may.
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
        // The disk is full, and the process at its end.
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
