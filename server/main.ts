#!/usr/bin/env node
/** The entry of the process: what must happen before the rest is loaded, which a Node that is too old could not even read. */

import './inspector-signal.js';
import { unfitNode } from './node-version.js';

const unfit = unfitNode(process.versions.node);
if (unfit === undefined) void import('./hub-process.js');
else {
  process.stderr.write(`${unfit}\n`);
  process.exitCode = 1;
}
