/**
 * Names of the log's files: when the process started logging, its id, and a sequence number, so that hubs may share a
 * folder.
 */

/** `predictions-20261125T201302123Z-4711-000001.jsonl` */
const NAME = /^predictions-(\d{8}T\d{9}Z)-(\d+)-(\d{6,})\.jsonl$/;

export interface LogFileName {
  /** The same for all files of a process. */
  readonly process: string;
  /** When it started logging, in milliseconds since 1970. */
  readonly startedAt: number;
  /** From 1 on, in the order of writing. */
  readonly sequence: number;
}

/** The part of the name shared by all files of a process. */
export function processMark(startedAt: number, pid: number): string {
  return `${new Date(startedAt).toISOString().replace(/[-:.]/g, '')}-${pid}`;
}

export function logFileName(mark: string, sequence: number): string {
  return `predictions-${mark}-${String(sequence).padStart(6, '0')}.jsonl`;
}

/** Undefined for a file that is not the log's. */
export function readLogFileName(name: string): LogFileName | undefined {
  const [, stamp, pid, sequence] = NAME.exec(name) ?? [];
  if (stamp === undefined || pid === undefined || sequence === undefined) return undefined;
  const [, date, hours, minutes, seconds, milliseconds] = /^(.{8})T(..)(..)(..)(...)Z$/.exec(stamp) ?? [];
  const day = date?.replace(/^(....)(..)(..)$/, '$1-$2-$3');
  const startedAt = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
  return Number.isNaN(startedAt) ? undefined : { process: `${stamp}-${pid}`, startedAt, sequence: Number(sequence) };
}
