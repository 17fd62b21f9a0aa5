/** Divides the measured time of the page. Knows only minutes. */

/** Fewer heap samples than this have no thirds worth comparing. */
const LEAST_STRETCHES = 6;

export interface Schedule {
  /** Parts of the measured time, with a heap sample before each and after the last. */
  readonly stretches: number;
  readonly stretchSeconds: number;
}

/** A minute each, shorter if that would be too few. */
export function scheduleOf(minutes: number): Schedule {
  const stretches = Math.max(LEAST_STRETCHES, Math.round(minutes));
  return { stretches, stretchSeconds: (minutes * 60) / stretches };
}
