/** The target of a figure, and whether it is met. Knows figures, but not how they were measured. */

import { table } from './table.js';

export interface Target {
  readonly name: string;
  readonly measured: string;
  readonly expected: string;
  /** Undefined: not measured, or not to be judged from these figures. */
  readonly isMet: boolean | undefined;
  readonly value?: number | undefined;
  readonly limit?: number;
}

type Shown = (value: number) => string;

/** `value` undefined: a required figure was not measured. */
export function atLeast(name: string, value: number | undefined, limit: number, shown: Shown = times): Target {
  return target(name, value, limit, `at least ${shown(limit)}`, value !== undefined && value >= limit, shown);
}

export function atMost(name: string, value: number | undefined, limit: number, shown: Shown = times): Target {
  return target(name, value, limit, `at most ${shown(limit)}`, value !== undefined && value <= limit, shown);
}

/** Ratios. */
function times(value: number): string {
  return `${value.toFixed(2)} x`;
}

export function targetTable(targets: readonly Target[]): string {
  const verdict = ({ isMet }: Target): string => (isMet === undefined ? 'not judged' : isMet ? 'PASS' : 'MISS');
  const rows = targets.map((target) => [target.name, target.measured, target.expected, verdict(target)]);
  return table(['target', 'measured', 'expected', ''], rows);
}

function target(
  name: string,
  value: number | undefined,
  limit: number,
  expected: string,
  isMet: boolean,
  shown: Shown,
): Target {
  if (value === undefined) return { name, measured: 'not measured', expected, isMet: undefined, limit };
  return { name, measured: shown(value), expected, isMet, value, limit };
}
