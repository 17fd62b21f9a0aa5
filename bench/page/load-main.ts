/**
 * Entry of a process that loads the hub beside the page: starts what its argument says, reports periodically, ends with
 * the bench. Knows messages and its own process; the load itself is publisher.ts and viewers.ts.
 */

import { setPriority } from 'node:os';
import { argv } from 'node:process';
import type { LoadPlan } from './load-messages.js';
import { Publisher } from './publisher.js';
import { Viewers } from './viewers.js';

const REPORT_MS = 250;
/**
 * Viewers would normally be on other machines, so they yield to the page here. Not the publisher, which has a rate to
 * keep.
 */
const NICENESS = 10;

// The bench created the argument from a value of this type.
const plan = JSON.parse(argv[2] ?? '') as LoadPlan;

process.on('disconnect', () => process.exit(0));
if (plan.role === 'viewers') {
  setPriority(NICENESS);
  const viewers = new Viewers(plan);
  setInterval(() => process.send?.(viewers.report()), REPORT_MS);
} else {
  const publisher = new Publisher(plan);
  await publisher.start();
  setInterval(() => process.send?.(publisher.report()), REPORT_MS);
}
