/** Formats numbers and times for people: one way each, with constant width per magnitude. Knows no DOM. */

/** Unknown is a dash, never 0. */
export const DASH = '—';
const MINUS = '−';
const NBSP = '\u00a0';

/** A number and its unit, so that the unit can be set smaller. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

export const UNKNOWN: Quantity = { value: DASH, unit: '' };

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function whole(value: number): string {
  return grouped.format(value);
}

/** `+38`, `−4`, `±0`. */
export function signed(points: number): string {
  if (points === 0) return '±0';
  return `${points < 0 ? MINUS : '+'}${Math.abs(points)}`;
}

/** `+0.41`, with two decimals. */
export function signedScore(score: number): string {
  return `${score < 0 ? MINUS : '+'}${Math.abs(score).toFixed(2)}`;
}

/** `84`, `2,041`, `25.1` k, `1.2` M. */
export function count(value: number): Quantity {
  if (value < 10_000) return { value: whole(value), unit: '' };
  if (value < 999_950) return { value: (value / 1000).toFixed(1), unit: 'k' };
  return { value: (value / 1e6).toFixed(1), unit: 'M' };
}

/** Events per second: `0.4`, `84`, `2,041`, `25.1k`. */
export function rate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 9.95 && !Number.isInteger(perSecond)) return perSecond.toFixed(1);
  const { value, unit } = count(Math.round(perSecond));
  return value + unit;
}

/** A duration of the receipt: integer µs under 1 ms, one decimal up to 10 ms, then integer ms, from 1 s on `1.2 s`. */
export function micros(us: number): Quantity {
  if (us < 999.5) return { value: String(Math.round(us)), unit: 'µs' };
  if (us < 9_950) return { value: (us / 1000).toFixed(1), unit: 'ms' };
  if (us < 999_500) return { value: String(Math.round(us / 1000)), unit: 'ms' };
  return { value: (us / 1e6).toFixed(1), unit: 's' };
}

export function microsText(us: number | undefined): string {
  if (us === undefined || !Number.isFinite(us)) return DASH;
  const { value, unit } = micros(us);
  return value + NBSP + unit;
}

/** `19 s`, `2 m 10 s`, `1 h 4 m`, `6 d 4 h`: the two largest units. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([amount]) => amount > 0);
  if (first === -1) return `0${NBSP}s`;
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => amount + NBSP + unit)
    .join(' ');
}

/** Age, for a row of the list. */
export function ago(ms: number): string {
  return ms < 1000 ? 'now' : `${span(Math.floor(ms / 1000) * 1000)} ago`;
}

/** Delay behind the newest data: `0.3 s`, from 10 s on integer. */
export function behind(ms: number): string {
  return ms < 9_950 ? `${(Math.max(0, ms) / 1000).toFixed(1)}${NBSP}s` : span(ms);
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** Local time of day. */
export function clock(ms: number, seconds = true): string {
  const date = new Date(ms);
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  return seconds ? `${time}:${pad(date.getSeconds())}` : time;
}

/** Integer per cents that sum to 100: the largest remainders are rounded up. Undefined when all counts are 0. */
export function wholeShares(counts: readonly number[]): readonly number[] | undefined {
  const total = counts.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return undefined;
  const exact = counts.map((value) => (100 * value) / total);
  const shares = exact.map(Math.floor);
  const rest = 100 - shares.reduce((sum, value) => sum + value, 0);
  const byRemainder = exact.map((value, index) => ({ index, remainder: value - Math.floor(value) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, rest)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
