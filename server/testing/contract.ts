/** A contract suite: named cases for any test runner. A failed case rejects with an `AssertionError`. */

/** One case: give `name` and `run` to a test runner. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Longest wait for a condition, in milliseconds: far more than it takes. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 5;

/** Waits until the condition is true; on timeout rejects with `what`. */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  const startedAt = performance.now();
  while (!isTrue()) {
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Resolves with the promise; on timeout rejects with `what`. */
export async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
