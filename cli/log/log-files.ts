/** The files of a prediction log, and their lines: in order per process, merged by time. Holds one line of each. */

import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readLogFileName } from '../../server/observe/prediction-log/file-name.js';
import { type LogLine, parseLogLine } from './log-line.js';

/** The files of one process, oldest first. */
export type ProcessFiles = readonly string[];

export type FilesFound =
  | { readonly ok: true; readonly processes: readonly ProcessFiles[] }
  | { readonly ok: false; readonly problem: string };

/** @param path a folder of the log, or one file. */
export async function findLogFiles(path: string): Promise<FilesFound> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) {
    return {
      ok: false,
      problem: `${path} does not exist; give the folder of --prediction-log-folder, or a file of it`,
    };
  }
  if (!stats.isDirectory()) return { ok: true, processes: [[path]] };
  const byProcess = new Map<string, { readonly path: string; readonly sequence: number }[]>();
  for (const name of await readdir(path)) {
    const known = readLogFileName(name);
    if (known === undefined) continue;
    const files = byProcess.get(known.process) ?? [];
    files.push({ path: join(path, name), sequence: known.sequence });
    byProcess.set(known.process, files);
  }
  const processes = [...byProcess.values()].map((files) =>
    files.toSorted((a, b) => a.sequence - b.sequence).map((file) => file.path),
  );
  return { ok: true, processes };
}

/** What was read but is not a valid line. */
export interface Unread {
  count: number;
}

/** All lines, by time. */
export async function* readLines(processes: readonly ProcessFiles[], unread: Unread): AsyncGenerator<LogLine> {
  const heads: { readonly lines: AsyncGenerator<LogLine>; line: LogLine }[] = [];
  for (const files of processes) {
    const lines = linesOf(files, unread);
    const { value } = await lines.next();
    if (value !== undefined) heads.push({ lines, line: value });
  }
  while (heads.length > 0) {
    let first = 0;
    // There are few processes.
    for (let i = 1; i < heads.length; i++) if (atOf(heads[i]) < atOf(heads[first])) first = i;
    const head = heads[first];
    if (head === undefined) return;
    yield head.line;
    const { value } = await head.lines.next();
    if (value === undefined) heads.splice(first, 1);
    else head.line = value;
  }
}

function atOf(head: { readonly line: LogLine } | undefined): number {
  return head?.line.at ?? Number.POSITIVE_INFINITY;
}

async function* linesOf(files: ProcessFiles, unread: Unread): AsyncGenerator<LogLine, undefined> {
  for (const path of files) {
    const input = createReadStream(path);
    // Retention may have removed it since it was found.
    input.on('error', () => input.destroy());
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = parseLogLine(text);
      if (line !== undefined) yield line;
      // Erased lines are blanks.
      else if (text.trim() !== '') unread.count += 1;
    }
  }
  return undefined;
}
