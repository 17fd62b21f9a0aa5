/** The findings of a run, and whether they are good enough. Knows figures; runs nothing. */

import type { AttackName } from './attacks/table.js';
import type { ClientKind } from './clients/crowd.js';
import { type Account, faultsOf, sumOf } from './clients/oracle.js';
import type { FaultName, HubKind } from './faults.js';

/** The hub's state in a round. `stalled`: nobody was answered for a second. `hung`: for so long that it was killed. */
export type ActOutcome = 'ok' | 'stalled' | 'hung' | 'dead';

export interface RoundFigures {
  readonly attacks: readonly AttackName[];
  readonly fault?: FaultName;
  readonly seconds: number;
  readonly outcome: ActOutcome;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly longestGapMs: number;
  readonly peakRssBytes: number;
  /** Bytes sent by the attackers. */
  readonly sentBytes: number;
  /** Connections opened by the attackers. */
  readonly connects: number;
}

export interface ActFigures {
  readonly hub: HubKind;
  readonly quietP50Us: number;
  readonly quietP99Us: number;
  readonly rssBeforeBytes: number;
  readonly rssPeakBytes: number;
  readonly rssAfterBytes: number;
  readonly rounds: readonly RoundFigures[];
  readonly accounts: Readonly<Record<ClientKind, Account>>;
  /** The first faults of the good clients' accounts, and of the hub. */
  readonly faults: readonly string[];
  /** Why the act was skipped, when the machine lacks what it needs. */
  readonly skipped?: string;
}

/** Maximum growth of the hub's memory, from before the attacks to a while after. */
const RSS_LIMIT_BYTES = 32 * 2 ** 20;

/** What makes the run fail, in words; empty when all is well. */
export function problemsOf(acts: readonly ActFigures[]): readonly string[] {
  return acts.flatMap((act) => {
    const problems = [...faultsOf(sumOf(Object.values(act.accounts)))];
    for (const { outcome, attacks } of act.rounds)
      if (outcome === 'dead' || outcome === 'hung') problems.push(`${outcome} under ${attacks.join(', ')}`);
    problems.push(...act.faults.filter((fault) => fault.startsWith('the hub')));
    const rss = rssProblem(act);
    if (rss !== undefined) problems.push(rss);
    return problems.map((problem) => `${act.hub}: ${problem}`);
  });
}

/** Memory is judged only after enough time to recover: by an act with a full idle time. */
function rssProblem({
  hub,
  rssBeforeBytes,
  rssAfterBytes,
}: Pick<ActFigures, 'hub' | 'rssBeforeBytes' | 'rssAfterBytes'>): string | undefined {
  if (hub !== 'plain') return undefined;
  const growth = rssAfterBytes - rssBeforeBytes;
  // An unmeasured value fails.
  if (growth <= RSS_LIMIT_BYTES) return undefined;
  return `memory grew by ${mib(growth)} MiB, at most ${mib(RSS_LIMIT_BYTES)}`;
}

export function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
