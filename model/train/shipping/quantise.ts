/** Quantises floats to single bytes, in the form of a TensorFlow.js weights manifest. */

export interface QuantisedWeights {
  readonly bytes: Uint8Array;
  /** A value is restored as `byte * scale + min`. */
  readonly quantization: { readonly dtype: 'uint8'; readonly min: number; readonly scale: number };
}

/** Zero is restored exactly, so that rows untouched by training stay silent. The error is at most half of `scale`. */
export function quantise(values: Float32Array): QuantisedWeights {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new RangeError(`a weight is ${value}: the training diverged`);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  // 254 steps, so that both ends still fit after zero was moved to a whole step.
  const scale = (high - low) / 254 || 1;
  const zero = Math.round(-low / scale);
  const bytes = Uint8Array.from(values, (value) => Math.round(value / scale) + zero);
  return { bytes, quantization: { dtype: 'uint8', min: -zero * scale, scale } };
}
