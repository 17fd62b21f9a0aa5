/** Entry point of an engine thread: messages in, a session host's answers out. Imports shared/ and engine/ only. */

import { parentPort, workerData } from 'node:worker_threads';
import { firstLine } from '../../../shared/words/message-of.js';
import { importRuntimes } from '../session/runtimes.js';
import { SessionHost } from '../session/session-host.js';
import { tfjsRuntime } from '../tfjs/tfjs-runtime.js';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.js';

const port = parentPort;
if (port === null) throw new Error('worker.js is the entry point of an engine thread; start it with spawnWorker()');
// port.ts passes exactly this.
const settings: WorkerSettings = workerData;

const imported = await importRuntimes(settings.runtimeModules);
const host = new SessionHost(tfjsRuntime(settings), imported.ok ? imported.runtimes : []);
const waiting: ToWorker[] = [];
let busy = false;

if (imported.ok) {
  port.on('message', (message: ToWorker) => {
    waiting.push(message);
    // Deliberately leaves rejections unhandled: one ends the thread, and the engine replaces it.
    if (!busy) void work();
  });
  post({ type: 'hello' });
} else {
  post({ type: 'unusable', problem: imported.problem });
}

/** In order and one at a time, as sessions require. */
async function work(): Promise<void> {
  busy = true;
  for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
    const pending = handle(message);
    if (pending !== undefined) await pending;
  }
  busy = false;
}

function handle(message: ToWorker): undefined | Promise<void> {
  switch (message.type) {
    case 'run':
      return run(message);
    case 'load':
      return host.load(message.handle, message.source).then((loading) => {
        const { handle } = message;
        if (loading.ok) post({ type: 'loaded', handle, model: loading.model });
        else post({ type: 'load-failed', handle, problem: loading.problem });
      });
    case 'unload':
      host.unload(message.handle);
      return undefined;
    case 'stats':
      post({ type: 'stats', stats: host.stats() });
      return undefined;
    case 'close':
      host.close();
      // Backends keep handles that would keep the thread alive.
      process.exit(0);
  }
}

function run(message: Extract<ToWorker, { type: 'run' }>): undefined | Promise<void> {
  const { batchId, handle, rows, buffer, sizes } = message;
  const startedAt = performance.now();
  const done = (): void => {
    const inferUs = Math.round((performance.now() - startedAt) * 1000);
    post({ type: 'done', batchId, buffer, inferUs }, [buffer]);
  };
  try {
    const pending = host.run(handle, rows, buffer, sizes);
    if (pending === undefined) return void done();
    return pending.then(done, (cause: unknown) => fail(batchId, cause));
  } catch (cause) {
    return void fail(batchId, cause);
  }
}

function fail(batchId: number, cause: unknown): void {
  // A WebAssembly module that has trapped is unusable: the thread must end.
  if (cause instanceof Error && cause.name === 'RuntimeError') throw cause;
  post({ type: 'failed', batchId, reason: firstLine(cause) });
}

function post(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}
