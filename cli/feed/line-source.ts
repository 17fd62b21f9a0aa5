/** Sources of lines: a file, once or repeatedly, or standard input. Knows nothing of their use. */

import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { messageOf } from '../../shared/words/message-of.js';
import { type Line, readLines } from './line-splitter.js';

export interface LineSource {
  /** Its name in messages. */
  readonly name: string;
  /** Size of a file; undefined when there is none. */
  readonly sizeBytes: number | undefined;
  /** True when only the reader ends it, because the end of its input is not known in advance. */
  readonly endless: boolean;
  /** Reads no faster than lines are consumed. Ends at the signal; rejects when reading fails. */
  read(signal: AbortSignal): AsyncGenerator<Line, void, undefined>;
}

export type OpenedSource =
  | { readonly ok: true; readonly source: LineSource }
  | { readonly ok: false; readonly problem: string };

/** `-` means `stdin`. */
export async function openSource(file: string, loop: boolean, stdin: Readable): Promise<OpenedSource> {
  if (file === '-') {
    const source: LineSource = {
      name: 'standard input',
      sizeBytes: undefined,
      endless: true,
      read: (signal) => readUntil(stdin, signal),
    };
    return { ok: true, source };
  }
  try {
    const found = await stat(file);
    if (found.isDirectory()) return { ok: false, problem: `${file} is a folder; give a file` };
    await access(file, constants.R_OK);
    // A named pipe cannot be reread, and its size is not that of its content.
    const regular = found.isFile();
    if (loop && !regular) return { ok: false, problem: `${file} is no regular file: --loop cannot read it again` };
    const once = (signal: AbortSignal): AsyncGenerator<Line, void, undefined> =>
      readUntil(createReadStream(file), signal);
    return {
      ok: true,
      source: {
        name: file,
        sizeBytes: regular && !loop ? found.size : undefined,
        endless: loop,
        read: loop ? (signal) => repeat(once, signal) : once,
      },
    };
  } catch (cause) {
    return { ok: false, problem: fileProblem(file, cause) };
  }
}

async function* readUntil(stream: Readable, signal: AbortSignal): AsyncGenerator<Line, void, undefined> {
  if (signal.aborted) return;
  try {
    yield* readLines(addAbortSignal(signal, stream));
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}

async function* repeat(
  once: (signal: AbortSignal) => AsyncGenerator<Line, void, undefined>,
  signal: AbortSignal,
): AsyncGenerator<Line, void, undefined> {
  for (let some = true; some && !signal.aborted; ) {
    some = false;
    for await (const line of once(signal)) {
      some = true;
      yield line;
    }
  }
}

export function fileProblem(name: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return `there is no file ${name}`;
  if (code === 'EACCES' || code === 'EPERM') return `${name} may not be read`;
  if (code === 'EISDIR') return `${name} is a folder; give a file`;
  return `${name} cannot be read: ${messageOf(cause)}`;
}
