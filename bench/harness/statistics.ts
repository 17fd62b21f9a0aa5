/** The few statistics that the bench needs. Knows only numbers. */

/** NaN without values, so that a missing measurement stays visible. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** The mean and its 95 % interval by Student's t, for ten values; with fewer the interval is too narrow. */
export function interval(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const half = 2.262 * Math.sqrt(variance / values.length);
  return `${mean.toFixed(2)} ± ${half.toFixed(2)}`;
}
