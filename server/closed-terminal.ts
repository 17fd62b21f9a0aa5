/**
 * At its end Node puts the terminals it was started in back in order; Node 20 and 22.12 abort (SIGABRT, with a core dump) where one was closed
 * meanwhile. It passes over descriptors that are no longer open, so a closed terminal's are closed before.
 */

import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

const STANDARD = [0, 1, 2];

/** To be called at the start, while the terminals are there. */
export function leaveClosedTerminals(): void {
  const terminals = STANDARD.filter((fd) => isatty(fd));
  process.on('exit', () => {
    // One that was closed answers no question of a terminal.
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}
