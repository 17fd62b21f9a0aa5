/** The measurement of one attack, and whether it is good enough. Knows figures; runs nothing. */

import type { AttackName } from './attacks/table.js';
import { type Account, faultsOf } from './clients/oracle.js';
import { type ActOutcome, mib } from './verdict.js';

/** p99 of the others under the attack, divided by that with the attack on a bare server beside the hub. */
const RATIO_LIMIT = 1.5;
/**
 * Attacks that are known to miss that limit, and by how much on a quiet machine: docs/chaos.md says why, and what was tried. They are told each time;
 * what fails is a further one, or one of them that has become half as bad again.
 */
const KNOWN_RATIOS: Partial<Record<AttackName, number>> = {
  'predict-flood': 3.53,
  'eager-flood': 4.89,
  'batch-flood': 5.15,
  'rest-flood': 3.98,
  'unanswered-close': 1.98,
  'leaves-and-stays': 1.66,
  'many-connections': 9.56,
};
const WORSE = 1.5;
const GROWTH_LIMIT_BYTES = 96 * 2 ** 20;

export interface Stretch {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly sentBytes: number;
  readonly connects: number;
  readonly heldBack: number;
}

export interface Measured {
  readonly attack: AttackName;
  readonly outcome: ActOutcome;
  readonly quiet: Pick<Stretch, 'p50Us' | 'p99Us'>;
  readonly beside: Stretch;
  readonly under: Stretch;
  readonly longestGapMs: number;
  readonly quietRssBytes: number;
  readonly peakRssBytes: number;
  readonly account: Account;
  readonly faults: readonly string[];
}

export function ratioOf({ under, beside }: Pick<Measured, 'under' | 'beside'>): number {
  return under.p99Us / beside.p99Us;
}

/** A miss of the limit on the p99 that is known, in words. */
export function knownMissOf(measured: Measured): string | undefined {
  const known = KNOWN_RATIOS[measured.attack];
  const ratio = ratioOf(measured);
  if (known === undefined || !(ratio > RATIO_LIMIT && ratio <= known * WORSE)) return undefined;
  return `p99 is ${ratio.toFixed(2)} times that beside, at most ${RATIO_LIMIT}: a known miss, ${known} before`;
}

/** What of the measure is missed, in words; not what is known to be. */
export function missesOf(measured: Measured): readonly string[] {
  const { outcome, quietRssBytes, peakRssBytes, account, faults } = measured;
  const misses: string[] = outcome === 'dead' || outcome === 'hung' ? [`the hub was ${outcome}`] : [];
  const growth = peakRssBytes - quietRssBytes;
  if (!(growth <= GROWTH_LIMIT_BYTES))
    misses.push(`memory grew by ${mib(growth)} MiB, at most ${mib(GROWTH_LIMIT_BYTES)}`);
  const ratio = ratioOf(measured);
  // NaN: nobody was answered.
  if (!(ratio <= RATIO_LIMIT) && knownMissOf(measured) === undefined)
    misses.push(`p99 is ${ratio.toFixed(2)} times that beside, at most ${RATIO_LIMIT}`);
  misses.push(...faultsOf(account), ...faults.filter((fault) => fault.includes('drain')));
  return misses;
}
