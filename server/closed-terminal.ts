/**
 * Works around an abort at exit. Node restores the terminals it was started in; Node 20 and 22.12 abort (SIGABRT, with
 * a core dump) if one was closed meanwhile. Node skips closed descriptors, so those of closed terminals are closed
 * beforehand.
 */

import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

const STANDARD = [0, 1, 2];

/** Call at start, while the terminals exist. */
export function leaveClosedTerminals(): void {
  const terminals = STANDARD.filter((fd) => isatty(fd));
  process.on('exit', () => {
    // A closed terminal no longer answers as one.
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}
