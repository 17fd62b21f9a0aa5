/** How the measured time of the page is divided. Knows minutes only. */

/** Fewer samples of the heap than this have no thirds worth comparing. */
const LEAST_STRETCHES = 6;

export interface Schedule {
  /** Parts of the measured time, with a sample of the heap before each and after the last. */
  readonly stretches: number;
  readonly stretchSeconds: number;
}

/** A minute each, shorter where that would be too few. */
export function scheduleOf(minutes: number): Schedule {
  const stretches = Math.max(LEAST_STRETCHES, Math.round(minutes));
  return { stretches, stretchSeconds: (minutes * 60) / stretches };
}
