/**
 * A worker thread behind an interface, so that tests need none. Knows node:worker_threads; knows nothing of batches.
 */

import { Worker } from 'node:worker_threads';
import { firstLine } from '../first-line.js';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.js';

export interface ThreadListener {
  message(message: FromWorker): void;
  /** The thread is gone, whatever the cause. Called once, and last. */
  exit(reason: string): void;
}

export interface ThreadPort {
  /** Does nothing once the thread is gone. */
  post(message: ToWorker, transfer?: readonly ArrayBuffer[]): void;
  /** Ends the thread as soon as its code allows; returns immediately. */
  terminate(): void;
}

/** Starts a thread. Never throws: a thread that cannot be started exits. */
export type Spawn = (listener: ThreadListener) => ThreadPort;

/** Starts threads that run worker.js, which is built beside this file. */
export function spawnWorker(settings: WorkerSettings): Spawn {
  return (listener) => {
    let worker: Worker;
    try {
      worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: settings, name: 'tickcast-engine' });
    } catch (cause) {
      queueMicrotask(() => listener.exit(`it could not be started: ${firstLine(cause)}`));
      return { post: () => undefined, terminate: () => undefined };
    }
    let reason: string | undefined;
    // Our own worker posts only these messages.
    worker.on('message', (message: FromWorker) => listener.message(message));
    worker.on('error', (cause) => {
      reason ??= firstLine(cause);
    });
    worker.on('messageerror', (cause) => {
      reason ??= `a message of it could not be read: ${firstLine(cause)}`;
      void worker.terminate();
    });
    worker.on('exit', (code) => listener.exit(reason ?? `it exited with code ${code}`));
    return {
      post: (message, transfer) => worker.postMessage(message, transfer ?? []),
      terminate: () => void worker.terminate(),
    };
  };
}
