/**
 * A folder on its own disk that a test can fill: a small file system in memory (mounting takes root), or one whose
 * writes fail on demand.
 */

import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const DISK_MIB = 96;

export interface SmallDisk {
  readonly kind: 'real' | 'pretended';
  readonly folder: string;
  /** For the hub's process. */
  readonly nodeFlags: readonly string[];
  fill(): void;
  free(): void;
  remove(): void;
}

/** Creates it in an empty folder; undefined where a real one may not be mounted. */
export function smallDisk(root: string, kind: SmallDisk['kind']): SmallDisk | undefined {
  const folder = join(root, 'disk');
  mkdirSync(folder);
  if (kind === 'pretended') return pretendedDisk(root, folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const ballast = join(folder, 'ballast');
  const fill = (): void => {
    const file = openSync(ballast, 'w');
    // Pages at a time, then bytes, until none is left.
    for (const size of [1 << 20, 4096, 1]) {
      const bytes = Buffer.alloc(size);
      try {
        while (writeSync(file, bytes) > 0);
      } catch (cause) {
        if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) throw cause;
      }
    }
    closeSync(file);
  };
  const free = (): void => rmSync(ballast, { force: true });
  // Lazily, in case the hub is still running.
  const remove = (): void => void execFileSync('umount', ['-l', folder]);
  return { kind: 'real', folder, nodeFlags: [], fill, free, remove };
}

/**
 * Its writes fail in the hub's threads while a file exists. Threads load what `--require` names before their own files.
 */
function pretendedDisk(root: string, folder: string): SmallDisk {
  const [flag, preload] = [join(root, 'disk-is-full'), join(root, 'full-disk.cjs')];
  writeFileSync(
    preload,
    `const fs = require('node:fs');
const { isMainThread } = require('node:worker_threads');
const { writeSync } = fs;
if (!isMainThread) {
  fs.writeSync = (...args) => {
    if (fs.existsSync(${JSON.stringify(flag)})) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    return writeSync(...args);
  };
  require('node:module').syncBuiltinESMExports();
}
`,
  );
  return {
    kind: 'pretended',
    folder,
    nodeFlags: ['--require', preload],
    fill: () => writeFileSync(flag, ''),
    free: () => rmSync(flag),
    remove: () => {
      if (existsSync(flag)) rmSync(flag);
    },
  };
}
