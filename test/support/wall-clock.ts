/**
 * The wall clock of a process, set by a test while the process runs: by libfaketime, as in Debian's `faketime`. Its
 * monotonic clock is unaffected.
 */

import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For multi-threaded processes. */
const LIBRARY = 'faketime/libfaketimeMT.so.1';

const path = ['/usr/lib', ...foldersIn('/usr/lib')].map((folder) => join(folder, LIBRARY)).find(existsSync);

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => (name.includes('-linux-') ? [join(folder, name)] : []));
}

/** What this machine lacks, in a line. */
export const wallClockLack =
  path === undefined ? 'libfaketime is not there (on Debian: apt-get install faketime)' : undefined;

export class WallClock {
  readonly #folder: string;
  readonly #file: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, 'offset');
  }

  static async open(): Promise<WallClock> {
    const clock = new WallClock(await mkdtemp(join(tmpdir(), 'tickcast-clock-')));
    await clock.set(0);
    return clock;
  }

  /** Runs the command behind it with this clock. */
  get wrapper(): readonly string[] {
    const settings = {
      LD_PRELOAD: path ?? '',
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    return ['env', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)];
  }

  /** Seconds that it is ahead of this process's clock. */
  async set(aheadSeconds: number): Promise<void> {
    // A concurrent reader gets the old or the new one.
    const next = `${this.#file}.next`;
    await writeFile(next, `${aheadSeconds < 0 ? '' : '+'}${aheadSeconds}\n`);
    await rename(next, this.#file);
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
