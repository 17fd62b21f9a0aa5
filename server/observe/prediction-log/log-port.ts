/** The log's thread behind an interface, so that tests need none. Knows node:worker_threads; knows nothing of rows. */

import { Worker } from 'node:worker_threads';
import type { FromLogWorker, LogWorkerSettings, ToLogWorker } from './messages.js';

export interface LogPortListener {
  message(message: FromLogWorker): void;
  /** The thread is gone, whatever the cause. Called once, and last. */
  exit(reason: string): void;
}

export interface LogPort {
  /** Does nothing once the thread is gone. */
  post(message: ToLogWorker, transfer?: readonly ArrayBuffer[]): void;
  terminate(): void;
}

/** Starts a thread. Never throws: a thread that cannot be started exits. */
export type SpawnLog = (listener: LogPortListener) => LogPort;

/** Starts threads that run worker.js, which is built beside this file. */
export function spawnLogWorker(settings: LogWorkerSettings): SpawnLog {
  return (listener) => {
    let worker: Worker;
    try {
      worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: settings, name: 'tickcast-log' });
    } catch (cause) {
      queueMicrotask(() => listener.exit(`it could not be started: ${messageOf(cause)}`));
      return { post: () => undefined, terminate: () => undefined };
    }
    let reason: string | undefined;
    // Our own worker posts only these messages.
    worker.on('message', (message: FromLogWorker) => listener.message(message));
    worker.on('error', (cause) => {
      reason ??= messageOf(cause);
    });
    worker.on('exit', (code) => listener.exit(reason ?? `it exited with code ${code}`));
    return {
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      terminate: () => void worker.terminate(),
    };
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
