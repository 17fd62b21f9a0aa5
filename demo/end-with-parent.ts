/**
 * Loaded before the hub's own code: makes the hub drain when the demo that started it is gone, even if it was killed.
 */

import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.connected) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
