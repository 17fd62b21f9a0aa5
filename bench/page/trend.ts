/** Decides whether a figure sampled over time stays constant. Knows only numbers. */

export interface Point {
  readonly atSeconds: number;
  readonly value: number;
}

/** Least squares, in units of the value per minute; NaN for fewer than two points in time. */
export function slopePerMinute(points: readonly Point[]): number {
  const at = mean(points.map(({ atSeconds }) => atSeconds));
  const value = mean(points.map((point) => point.value));
  let covariance = 0;
  let variance = 0;
  for (const point of points) {
    covariance += (point.atSeconds - at) * (point.value - value);
    variance += (point.atSeconds - at) ** 2;
  }
  return variance === 0 ? Number.NaN : (covariance / variance) * 60;
}

export interface Tolerance {
  readonly share: number;
  readonly absolute: number;
}

export interface Flatness {
  readonly secondThird: number;
  readonly lastThird: number;
  readonly isFlat: boolean;
}

/**
 * Flat: the mean of the last third of the samples exceeds that of the second third by no more than the greater
 * tolerance. In the first third the page still fills its stores; a fall is not a leak.
 */
export function flatnessOf(values: readonly number[], { share, absolute }: Tolerance): Flatness {
  const third = Math.max(1, Math.floor(values.length / 3));
  const lastThird = mean(values.slice(-third));
  const secondThird = mean(values.slice(-2 * third, -third));
  return { secondThird, lastThird, isFlat: lastThird - secondThird <= Math.max(share * secondThird, absolute) };
}

/** NaN without values, so that a missing measurement stays visible. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
