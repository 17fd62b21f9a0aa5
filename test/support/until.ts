/** Waiting in tests: for a condition, with a deadline, never for a duration. */

/** For what hangs: a machine that is busy with others is slow. */
const DEADLINE_MS = 30_000;
/** Looking costs the machine, which others use. */
const MOST_PAUSE_MS = 20;

/** Resolves when `met` is true; rejects with `what` at the deadline. */
export async function until(what: string, met: () => boolean | Promise<boolean>, ms = DEADLINE_MS): Promise<void> {
  const deadline = performance.now() + ms;
  for (let pauseMs = 1; !(await met()); pauseMs = Math.min(1.5 * pauseMs, MOST_PAUSE_MS)) {
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** The promise's value, or a rejection with `what` at the deadline. */
export async function within<T>(what: string, promise: Promise<T>, ms = DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
