#!/usr/bin/env node
/**
 * Entry point of the hub's process, which `tickcast serve` is too: what must run before the rest is loaded, which too
 * old a Node could not even parse.
 */

import './inspector-signal.js';
import { unfitNode } from './node-version.js';

const unfit = unfitNode(process.versions.node);
if (unfit === undefined) void import('./hub-process.js').then(({ serve }) => serve(process.argv.slice(2)));
else {
  process.stderr.write(`${unfit}\n`);
  process.exitCode = 1;
}
