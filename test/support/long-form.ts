/** Repetitions of tests that look for what is rare: few in `npm test`, many in `.ci/run --all`. */

/** Whether the long form is wanted. */
export const isLong = process.env.TICKCAST_TEST_LONG === '1';

/** A number of repetitions: `long` with TICKCAST_TEST_LONG=1, otherwise `short`. */
export function times(long: number, short: number): number {
  return isLong ? long : short;
}
