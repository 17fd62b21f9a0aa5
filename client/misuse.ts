/**
 * Mistakes in a program's call. They are thrown as a TypeError and never become an outcome that a program may ignore or
 * try again.
 */

import { describe, isRecord } from '../shared/parse.js';
import { nearMiss } from '../shared/words/near-miss.js';

/** What the value of each option must be: a result of `typeof`, or `signal`; anything else is checked elsewhere. */
export type OptionTypes<Options> = Readonly<Record<keyof Options & string, unknown>>;

/** What is wrong with an options object: no object, an unknown name, a value of the wrong type. */
export function optionsMistake<Options>(options: unknown, types: OptionTypes<Options>): string | undefined {
  if (!isRecord(options)) return `options must be an object, got ${describe(options)}`;
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(types, name)) return `${name} is no option; ${nearest(name, Object.keys(types))}`;
    const type = types[name as keyof typeof types];
    const value = options[name] ?? undefined;
    if (value === undefined || typeof type !== 'string') continue;
    const fits =
      type === 'signal'
        ? typeof (value as Partial<AbortSignal>).addEventListener === 'function'
        : typeof value === type;
    if (!fits) return `${name} must be a ${type === 'signal' ? 'controller.signal' : type}, got ${describe(value)}`;
  }
  return undefined;
}

/** Throws unless the name is one of these events and the handler a function. */
export function checkHandler(name: unknown, names: readonly string[], handler: unknown): void {
  if (!names.includes(name as string))
    throw new TypeError(`on: ${describe(name)} is no event; ${nearest(String(name), names)}`);
  if (typeof handler !== 'function')
    throw new TypeError(`on: the handler must be a function, got ${describe(handler)}`);
}

function nearest(given: string, known: readonly string[]): string {
  const near = nearMiss(given, known);
  return near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
}
