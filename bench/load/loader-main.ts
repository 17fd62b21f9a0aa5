/**
 * Entry of a loader process: opens the load given in its argument, obeys the bench over IPC, ends with it. Knows
 * messages and its own process; the load itself is loader.ts.
 */

import { argv } from 'node:process';
import { Loader } from './loader.js';
import type { LoaderCommand, LoaderReport, LoadPlan } from './loader-messages.js';

// The bench created both the argument and the messages from values of these types.
const plan = JSON.parse(argv[2] ?? '') as LoadPlan;
const loader = new Loader(plan, (reason) => {
  loader.close();
  report({ kind: 'failed', reason });
});

process.on('disconnect', () => process.exit(0));
process.on('message', (command: LoaderCommand) => {
  if (command.kind === 'start') loader.start();
  else if (command.kind === 'begin') {
    loader.begin();
    report({ kind: 'began' });
  } else if (command.kind === 'pause') loader.pause(() => report({ kind: 'paused' }));
  else report({ kind: 'counted', count: loader.end() });
});

report({ kind: 'opened', ms: await loader.open() });

function report(message: LoaderReport): void {
  process.send?.(message);
}
