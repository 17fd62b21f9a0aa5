/**
 * A wall clock that steps, by libfaketime: a file holds its offset from the machine's. The monotonic clock continues
 * unchanged.
 */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
];

export interface ClockFile {
  readonly env: Readonly<Record<string, string>>;
  /** Sets the wall clock this many seconds before or after the machine's. */
  step(seconds: number): void;
}

/** Undefined when libfaketime (Debian: faketime) is not installed. */
export function clockFile(folder: string): ClockFile | undefined {
  const library = LIBRARIES.find((path) => existsSync(path));
  if (library === undefined) return undefined;
  const file = join(folder, 'clock');
  const step = (seconds: number): void => writeFileSync(file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
  step(0);
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_NO_CACHE: '1',
  };
  return { env, step };
}
