/** Formats numbers for people. */

export function count(value: number): string {
  return value.toLocaleString('en-GB');
}

export function rate(perSecond: number): string {
  return `${perSecond < 100 ? perSecond.toFixed(1) : count(Math.round(perSecond))}/s`;
}

/** Undefined: not known yet. */
export function milliseconds(ms: number | undefined): string {
  if (ms === undefined) return '–';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function meanRows(rows: number | undefined): string {
  return rows === undefined ? '–' : rows < 100 ? rows.toFixed(1) : count(Math.round(rows));
}

/** Minutes and seconds, as `01:05`. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

/** Per cents that add up to 100; all 0 when there is nothing. */
export function percentages(counts: readonly number[]): readonly number[] {
  return apportion(counts, 100);
}

/** Splits `whole` in proportion to the counts, in integers, by largest remainder. */
export function apportion(counts: readonly number[], whole: number): readonly number[] {
  const total = counts.reduce((sum, value) => sum + value, 0);
  if (total === 0) return counts.map(() => 0);
  const exact = counts.map((value) => (value / total) * whole);
  const parts = exact.map(Math.floor);
  const missing = whole - parts.reduce((sum, value) => sum + value, 0);
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest);
  for (const { index } of order.slice(0, missing)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
