/** float32 to float16 and back, bit by bit: Node has no Float16Array before version 24. */

/** The float32 of each of the 65,536 values; made when first needed. */
let table: Float32Array | undefined;

/** Rounds to the nearest, ties to even; beyond the range it is infinity. `target` is as long as `source`. */
export function toFloat16(source: Float32Array, target: Uint16Array): void {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  for (let i = 0; i < bits.length; i++) target[i] = halfOf(bits[i] as number);
}

/** Exact. `target` is as long as `source`. */
export function fromFloat16(source: Uint16Array, target: Float32Array): void {
  table ??= Float32Array.from({ length: 65_536 }, (_, half) => floatOf(half));
  for (let i = 0; i < source.length; i++) target[i] = table[source[i] as number] as number;
}

function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  // A NaN stays one, whatever bits are cut off.
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  const scaled = exponent - 112;
  if (scaled >= 31) return sign | 0x7c00;
  // Subnormal ones have no leading one, and lose more bits the smaller they are.
  if (scaled <= 0) return scaled < -10 ? sign : sign | rounded(mantissa | 0x800000, 14 - scaled);
  // A carry out of the mantissa belongs to the exponent.
  return sign | ((scaled << 10) + rounded(mantissa, 13));
}

/** Without its last bits, to the nearest, ties to even. */
function rounded(value: number, dropped: number): number {
  const kept = value >>> dropped;
  const rest = value & ((1 << dropped) - 1);
  const half = 1 << (dropped - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

function floatOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
