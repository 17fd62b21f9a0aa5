/** Formats a run for a terminal. Knows columns and words; measures nothing. */

import { msText, table, wholeText } from '../harness/table.js';
import type { AttackName } from './attacks/table.js';
import { type Account, refusals, sumOf } from './clients/oracle.js';
import type { FaultName } from './faults.js';
import { type ActFigures, type ActOutcome, mib, type RoundFigures } from './verdict.js';

const WORST: readonly ActOutcome[] = ['ok', 'stalled', 'hung', 'dead'];

export function reportText(acts: readonly ActFigures[]): string {
  const shown = acts.filter(({ skipped }) => skipped === undefined);
  const sections = [underEach(shown), accountsOf(shown), memoryOf(shown)];
  for (const { hub, skipped } of acts) if (skipped !== undefined) sections.push(`Left out: ${hub}: ${skipped}`);
  const faults = acts.flatMap(({ hub, faults: all }) => all.slice(0, 10).map((fault) => `${hub}: ${fault}`));
  if (faults.length > 0) sections.push(faults.join('\n'));
  return sections.join('\n\n');
}

/** A round with several attacks counts for each of them. */
function underEach(acts: readonly ActFigures[]): string {
  const rounds = acts.flatMap((act) => act.rounds);
  const names = [
    ...new Set(rounds.flatMap(({ attacks, fault }) => [...(fault === undefined ? [] : [fault]), ...attacks])),
  ];
  const rows = names.map((name: AttackName | FaultName) => {
    const own = rounds.filter(({ attacks, fault }) => fault === name || attacks.some((attack) => attack === name));
    const worst = (pick: (round: RoundFigures) => number): number => Math.max(...own.map(pick));
    const outcome = WORST.findLast((one) => own.some((round) => round.outcome === one)) ?? 'ok';
    return [
      name,
      String(own.length),
      outcome,
      msText(worst(({ p99Us }) => p99Us)),
      wholeText(worst(({ longestGapMs }) => longestGapMs)),
      mib(worst(({ peakRssBytes }) => peakRssBytes)),
    ];
  });
  const quiet = acts.map((act) => [
    `(quiet: ${act.hub})`,
    '1',
    'ok',
    msText(act.quietP99Us),
    '-',
    mib(act.rssBeforeBytes),
  ]);
  return table(['under', 'rounds', 'hub', 'p99 ms', 'longest gap ms', 'RSS MiB'], [...quiet, ...rows]);
}

function accountsOf(acts: readonly ActFigures[]): string {
  const kinds = [...new Set(acts.flatMap(({ accounts }) => Object.keys(accounts)))];
  const of = (kind: string): Account =>
    sumOf(
      acts.flatMap(({ accounts }) =>
        Object.entries(accounts).flatMap(([name, account]) => (name === kind ? [account] : [])),
      ),
    );
  const rows = kinds.map((kind) => accountRow(kind, of(kind)));
  rows.push(accountRow('all', sumOf(acts.flatMap(({ accounts }) => Object.values(accounts)))));
  return table(['good clients', 'sent', 'answered', 'refused', 'cut', 'lost', 'twice', 'wrong', 'codes'], rows);
}

function accountRow(name: string, account: Account): string[] {
  const { sent, answered, cut, lost, twice, wrong, refused } = account;
  const codes = Object.entries(refused).map(([code, count]) => `${code} ${count}`);
  const figures = [sent, answered, refusals(account), cut, lost, twice, wrong].map(wholeText);
  return [name, ...figures, codes.join(', ')];
}

function memoryOf(acts: readonly ActFigures[]): string {
  const rows = acts.map(({ hub, rssBeforeBytes, rssPeakBytes, rssAfterBytes }) => [
    hub,
    ...[rssBeforeBytes, rssPeakBytes, rssAfterBytes, rssAfterBytes - rssBeforeBytes].map(mib),
  ]);
  return table(['hub', 'RSS before MiB', 'peak', 'after', 'more'], rows);
}
