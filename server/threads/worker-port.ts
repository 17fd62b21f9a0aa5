/** A worker thread behind an interface, so that tests need none. Knows node:worker_threads, not the messages. */

import { Worker } from 'node:worker_threads';
import { firstLine } from '../../shared/words/message-of.js';

export interface WorkerListener<From> {
  message(message: From): void;
  /** The thread is gone, whatever the cause. Comes once, and last. */
  exit(reason: string): void;
}

export interface WorkerPort<To> {
  /** Does nothing once the thread is gone. */
  post(message: To, transfer?: readonly ArrayBuffer[]): void;
  /** Ends the thread as soon as the code in it lets it; returns at once. */
  terminate(): void;
}

/** Starts a thread. Never throws: a thread that cannot be had is one that exits. */
export type SpawnWorker<From, To> = (listener: WorkerListener<From>) => WorkerPort<To>;

/** Threads that run the module at `url`, with `settings` as their `workerData`. What they post must be a `From`. */
export function spawnWorker<From, To>(url: URL, name: string, settings: object): SpawnWorker<From, To> {
  return (listener) => {
    let worker: Worker;
    try {
      worker = new Worker(url, { workerData: settings, name });
    } catch (cause) {
      queueMicrotask(() => listener.exit(`it could not be started: ${firstLine(cause)}`));
      return { post: () => undefined, terminate: () => undefined };
    }
    let reason: string | undefined;
    worker.on('message', (message: From) => listener.message(message));
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
