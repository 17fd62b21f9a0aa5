/** The measurement of one attack, and whether it is good enough. Knows figures; runs nothing. */

import type { AttackName } from './attacks/table.js';
import { type Account, faultsOf } from './clients/oracle.js';
import { mib, type Outcome } from './verdict.js';

/** p99 of the others under the attack, divided by that with the attack on a bare server beside the hub. */
const RATIO_LIMIT = 1.5;
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
  readonly outcome: Outcome;
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

/** The missed limits, in words. */
export function missesOf(measured: Measured): readonly string[] {
  const { outcome, quietRssBytes, peakRssBytes, account, faults } = measured;
  const misses: string[] = outcome === 'dead' || outcome === 'hung' ? [`the hub was ${outcome}`] : [];
  const growth = peakRssBytes - quietRssBytes;
  if (!(growth <= GROWTH_LIMIT_BYTES))
    misses.push(`memory grew by ${mib(growth)} MiB, at most ${mib(GROWTH_LIMIT_BYTES)}`);
  const ratio = ratioOf(measured);
  // NaN: nobody was answered.
  if (!(ratio <= RATIO_LIMIT)) misses.push(`p99 is ${ratio.toFixed(2)} times that beside, at most ${RATIO_LIMIT}`);
  misses.push(...faultsOf(account), ...faults.filter((fault) => fault.includes('drain')));
  return misses;
}
