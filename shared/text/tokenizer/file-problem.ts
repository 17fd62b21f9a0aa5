/** What is wrong with a tokenizer.json, thrown inside its parser and told as one line by it. */

import { isNot } from '../../words/shown.js';

export class FileProblem extends Error {}

export function listOf(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new FileProblem(`${path} ${isNot(value, 'a list')}`);
  return value;
}

/** Of an optional switch. */
export function flag(value: unknown, path: string, standard: boolean): boolean {
  if (value === undefined || value === null) return standard;
  if (typeof value !== 'boolean') throw new FileProblem(`${path} ${isNot(value, 'true or false')}`);
  return value;
}

export function textOf(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new FileProblem(`${path} ${isNot(value, 'a text')}`);
  return value;
}
