/**
 * Prepares the environment of the native TensorFlow library before it loads: thread counts, and two functions that
 * newer Node versions lack. Knows nothing of models or workers.
 */

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * One thread within an operation and one between operations: on small models the hand-over between threads costs more
 * than it gains, and the hub needs the other cores for sockets. Level 2 limits stderr to TensorFlow's errors.
 */
const nativeEnvironment: Readonly<Record<string, string>> = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '2',
};

/**
 * Call in the main thread before a worker starts. TensorFlow reads these with getenv() when it loads; in a worker
 * thread `process.env` is a copy that getenv() does not see, so a worker cannot set them itself. Keeps values set by
 * the user.
 */
export function prepareNativeEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  for (const [name, value] of Object.entries(nativeEnvironment)) env[name] ??= value;
}

/**
 * Restores what Node 23 removed from `node:util` and @tensorflow/tfjs-node 4.22.0 still calls. Each thread has its own
 * copy of the module.
 */
export function restoreUtil(target: object = require('node:util')): void {
  const missing: Record<string, (value: unknown) => boolean> = {
    isNullOrUndefined: (value) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, implementation] of Object.entries(missing)) {
    if (!(name in target))
      Object.defineProperty(target, name, { value: implementation, configurable: true, writable: true });
  }
}
