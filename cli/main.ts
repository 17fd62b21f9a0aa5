#!/usr/bin/env node
/**
 * Entry point of the command `tickcast`: what must run before the rest is loaded, which too old a Node could not even
 * parse.
 */

import '../server/inspector-signal.js';
import { unfitNode } from '../server/node-version.js';

const unfit = unfitNode(process.versions.node);
if (unfit === undefined) void import('./tickcast.js').then(({ tickcast }) => tickcast(process.argv.slice(2)));
else {
  process.stderr.write(`${unfit}\n`);
  process.exitCode = 1;
}
