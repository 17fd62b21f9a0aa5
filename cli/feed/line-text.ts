/** Extracts the text to publish from a line, or says why there is none. Pure. */

import { isRecord } from '../../shared/parse.js';
import type { Line } from './line-splitter.js';

export type LineText =
  | { readonly kind: 'text'; readonly text: string; readonly cut: boolean }
  | { readonly kind: 'empty' }
  /** Not a JSON object, or one without the field. */
  | { readonly kind: 'unreadable' };

/** `maxLength` in UTF-16 units, as hubs count. `field`: the line is a JSON object, and the text is this field of it. */
export function textOf(line: Line, maxLength: number, field?: string): LineText {
  const whole = field === undefined ? line.text : fieldOf(line.text, field);
  if (line.text.trim() === '' || whole?.trim() === '') return { kind: 'empty' };
  if (whole === undefined) return { kind: 'unreadable' };
  const text = cutTo(whole, maxLength);
  return { kind: 'text', text, cut: line.cut || text.length < whole.length };
}

/** A name with dots is a field of that name, or else a path. */
function fieldOf(json: string, field: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const names = Object.hasOwn(value, field) ? [field] : field.split('.');
  for (const name of names) value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Never splits a surrogate pair. */
function cutTo(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength);
}
