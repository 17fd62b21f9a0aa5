/** Waits with an end: a result, a deadline or a signal. Knows only time. */

import { setTimeout as delay } from 'node:timers/promises';

/** Rejects with `what` when `wait` takes longer than `ms`. */
export async function within<T>(ms: number, what: string, wait: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([wait, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets time pass; a failure meanwhile ends it. */
export async function pause(seconds: number, broken: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([delay(seconds * 1000, undefined, { signal: over.signal }), broken]);
  } finally {
    over.abort();
  }
}
