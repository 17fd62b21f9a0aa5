/** The final output of a bench: tables and verdicts on the terminal, all figures in a JSON file. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Target, targetTable } from './target.js';

export interface Report {
  /** Tables for people, besides that of the targets. */
  readonly tables: readonly string[];
  readonly targets?: readonly Target[];
  /** Other failures, in words. */
  readonly misses?: readonly string[];
  /** What makes a figure doubtful, in words. */
  readonly doubts?: readonly string[];
  /** A miss is exit code 1 even without `--check`. */
  readonly isFatal?: boolean;
  /** Everything measured, for the file. */
  readonly figures: object;
}

/** Returns whether all targets are met. */
export function publish(report: Report, head: object, file: string): boolean {
  const { tables, targets = [], misses = [], doubts = [], figures } = report;
  const sections = [...tables];
  if (targets.length > 0) sections.push(targetTable(targets));
  if (misses.length > 0) sections.push(misses.map((miss) => `MISS  ${miss}`).join('\n'));
  if (doubts.length > 0) sections.push(doubts.map((doubt) => `Note: ${doubt}.`).join('\n'));
  const isMet = misses.length === 0 && targets.every((target) => target.isMet !== false);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...head, isMet, targets, misses, ...figures }, undefined, 2)}\n`);
  console.log(`\n${sections.join('\n\n')}\n\nAll figures: ${file}`);
  return isMet;
}
