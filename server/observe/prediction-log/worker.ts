/** Entry point of the log's thread: posts in, results out. Imports shared/ and its own folder only. */

import { parentPort, workerData } from 'node:worker_threads';
import { processMark } from './file-name.js';
import { nodeFileSystem } from './log-file-system.js';
import { LogWriter } from './log-writer.js';
import type { FromLogWorker, LogWorkerSettings, ToLogWorker } from './messages.js';

const port = parentPort;
if (port === null) throw new Error('worker.js is the entry point of the log’s thread; start it with spawnLogWorker()');
// log-port.ts passes exactly this.
const settings: LogWorkerSettings = workerData;
const writer = new LogWriter(settings, {
  files: nodeFileSystem,
  now: () => performance.now(),
  mark: processMark(Date.now(), process.pid),
});

/** Often enough that nothing is much older than it may be. */
const expiry =
  settings.keepMs === undefined
    ? undefined
    : setInterval(() => writer.expire(Date.now()), Math.min(60_000, Math.max(1000, settings.keepMs / 20)));
writer.expire(Date.now());

port.on('message', (message: ToLogWorker) => {
  switch (message.type) {
    case 'rows':
      return port.postMessage(writer.write(message) satisfies FromLogWorker);
    case 'close':
      clearInterval(expiry);
      writer.close();
      // With its port closed nothing keeps the thread alive; messages already posted are still delivered.
      return port.close();
  }
});
port.postMessage({ type: 'hello' } satisfies FromLogWorker);
