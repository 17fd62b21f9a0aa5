/**
 * Recognises what common clients make of numbers, for the error of an input that was refused: one sentence on what it
 * seems to be and what to send instead. Knows no model; runs only for refused requests.
 */

import { type WireError, wireError } from '../errors.js';
import { isRecord } from '../parse.js';
import { isBytes } from '../tensor.js';

const AS_NUMBERS = 'send an array of numbers, such as Array.from(values), or the bytes themselves over Socket.IO';
/** Levels of nesting that are looked into. */
const MAX_DEPTH = 8;

/** The same error with what the request's body seems to be; for a body without `input`. */
export function withBodyHint(error: WireError, body: unknown): WireError {
  return withHint(error, bodyHint(body));
}

/** The same error with what the input seems to be. */
export function withInputHint(error: WireError, input: unknown): WireError {
  return error.code === 'INVALID_INPUT' ? withHint(error, inputHint(input)) : error;
}

function withHint(error: WireError, hint: string | undefined): WireError {
  return hint === undefined ? error : wireError(error.code, `${error.message}; ${hint}`, error.retryAfterMs);
}

function bodyHint(body: unknown): string | undefined {
  if (!isRecord(body) || (body.input !== undefined && body.input !== null)) return undefined;
  if ('instances' in body) return 'instances is the form of TensorFlow Serving: send them as input';
  if (Array.isArray(body.inputs))
    return 'inputs is the form of the Open Inference Protocol: send { input: data }, or { input: { name: data, ... } } for several, as nested arrays';
  for (const name of ['inputs', 'data', 'values', 'text', 'features', 'x'])
    if (name in body) return `${name} is no field of a request: send it as input`;
  return undefined;
}

function inputHint(input: unknown): string | undefined {
  const own = valueHint(input);
  if (own !== undefined || !isRecord(input)) return own;
  // Several inputs by name: the first that is recognised.
  for (const [name, value] of Object.entries(input).slice(0, 64)) {
    const hint = valueHint(value);
    if (hint !== undefined) return `input.${name}: ${hint}`;
  }
  return undefined;
}

function valueHint(value: unknown): string | undefined {
  if (typeof value === 'string') return textHint(value);
  if (Array.isArray(value)) return elementHint(value);
  if (!isRecord(value)) return undefined;
  if (value.type === 'Buffer' && Array.isArray(value.data))
    return 'this is a Buffer turned into JSON, byte by byte: send its numbers as an array';
  if ('isDisposedInternal' in value || 'dataId' in value)
    return 'this is a TensorFlow.js tensor, which JSON does not hold: send await tensor.array()';
  if ('values' in value && ('shape' in value || 'dtype' in value))
    return 'a tensor is { dtype, shape, data } with bytes as data; numbers go as nested arrays without shape';
  if (isIndexed(value)) return `this is a typed array turned into JSON: ${AS_NUMBERS}`;
  if ('data' in value && !isBytes(value.data) && ('shape' in value || 'dtype' in value))
    return 'data must be bytes, which JSON does not hold: send nested arrays of numbers without dtype and shape';
  return undefined;
}

/** What JSON.stringify makes of a typed array: `{"0":1,"1":2}`. */
function isIndexed(value: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(value);
  return keys.length > 0 && keys[0] === '0' && keys.at(-1) === String(keys.length - 1);
}

function textHint(text: string): string | undefined {
  if (/^\s*[[{]/.test(text)) return 'this is JSON in a text: send the value itself, without quotes around it';
  if (/^\s*-?[\d.]+(?:[eE][+-]?\d+)?\s*(?:[,;\s]\s*-?[\d.]+(?:[eE][+-]?\d+)?\s*)*$/.test(text.slice(0, 200)))
    return 'these are numbers in a text: send [1, 2, 3]';
  if (text.startsWith('data:') || (text.length >= 16 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)))
    return `this looks like base64, which is not read: ${AS_NUMBERS}`;
  return undefined;
}

/** What is wrong with the first element that is no number. */
function elementHint(values: readonly unknown[], depth = 0): string | undefined {
  for (const value of values) {
    if (typeof value === 'number' || typeof value === 'boolean') continue;
    if (value === null) return 'JSON has no NaN and no Infinity: they become null';
    if (typeof value === 'string')
      return value.trim() !== '' && Number.isFinite(Number(value)) ? 'numbers must not be in quotes' : undefined;
    if (Array.isArray(value)) {
      const inner = depth < MAX_DEPTH ? elementHint(value, depth + 1) : undefined;
      if (inner !== undefined) return inner;
    } else if (isRecord(value)) return valueHint(value);
    else return undefined;
  }
  return undefined;
}
