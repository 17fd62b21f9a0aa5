/**
 * Numbers as JSON text, several times as fast as V8 writes them: a line has a dozen, and they are most of what it costs. A number
 * with few decimals is written digit by digit; any other by V8.
 */

/** `0000` to `9999`. */
const FOUR_DIGITS = Array.from({ length: 10_000 }, (_, value) => String(value).padStart(4, '0'));
/** Scaled by 1e8 these are whole numbers that a double holds. */
const LARGEST = 1e7;

/** Reads back as the same double. */
export function doubleText(value: number): string {
  // Whole numbers V8 writes quickly. -0 and what is not finite are among them, so to say.
  if (Number.isInteger(value)) return `${value}`;
  const size = Math.abs(value);
  const scaled = Math.round(size * 1e4);
  if (!(size < LARGEST) || scaled / 1e4 !== size) return finiteText(value);
  const whole = Math.floor(scaled / 1e4);
  return `${value < 0 ? '-' : ''}${whole}.${FOUR_DIGITS[scaled - whole * 1e4]}`;
}

/** Reads back as the same float32: 0.7361124 and not 0.7361123561859131. */
export function floatText(value: number): string {
  if (Number.isInteger(value)) return `${value}`;
  const size = Math.abs(value);
  const scaled = Math.round(size * 1e8);
  if (!(size < LARGEST) || Math.fround(scaled / 1e8) !== size) return smallFloatText(value, size);
  const whole = Math.floor(scaled / 1e8);
  const rest = scaled - whole * 1e8;
  const high = Math.floor(rest / 1e4);
  return `${value < 0 ? '-' : ''}${whole}.${FOUR_DIGITS[high]}${FOUR_DIGITS[rest - high * 1e4]}`;
}

/** Probabilities near zero need more decimals. */
function smallFloatText(value: number, size: number): string {
  const scaled = Math.round(size * 1e12);
  if (!(size < 1) || Math.fround(scaled / 1e12) !== size) return finiteText(value);
  const high = Math.floor(scaled / 1e8);
  const rest = scaled - high * 1e8;
  const middle = Math.floor(rest / 1e4);
  return `${value < 0 ? '-' : ''}0.${FOUR_DIGITS[high]}${FOUR_DIGITS[middle]}${FOUR_DIGITS[rest - middle * 1e4]}`;
}

/** JSON has no NaN and no infinity. */
function finiteText(value: number): string {
  return Number.isFinite(value) ? `${value}` : 'null';
}
