/**
 * A value that stays the same object while renders give equal ones: `[1, 2]` in a component's body is new each time.
 */

import { useState } from 'react';

export function useKept<T>(value: T): T {
  const [kept, keep] = useState(() => value);
  if (isSame(kept, value)) return kept;
  keep(() => value);
  return value;
}

/**
 * Equal plain values: texts, numbers, bytes, arrays and objects of them. Any two functions count as the same, since a
 * component makes them anew at each render.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || (typeof a === 'function' && typeof b === 'function')) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b)) return false;
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return isSameBytes(bytesOf(a), bytesOf(b));
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) return isSameBytes(new Uint8Array(a), new Uint8Array(b));
  if (prototype !== Object.prototype && !Array.isArray(a)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
