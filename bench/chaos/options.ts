/** The options of `npm run chaos`, and of its measure. Knows nothing of what is done. */

import { bare, decimal, integer, optional, someOf, type ValuesOf } from '../../command-line/option.js';
import { table } from '../harness/table.js';
import { ATTACKS, type AttackName, attackNames, measuredNames } from './attacks/table.js';
import { FAULTS, type FaultName, faultNames } from './faults.js';

const NAMES: readonly (AttackName | FaultName)[] = [...attackNames, ...faultNames];

export const OPTIONS = {
  seed: optional(integer(0, 2 ** 31 - 1, 0, 'What is done when; the same seed does the same.'), 'a new one each time'),
  minutes: decimal(0.1, 600, 2, 'How long, about.'),
  only: optional(
    someOf(NAMES, 'NAME,...', 'Attacks and faults by name, as connect-burst-post,kill.'),
    'all; with --measure those of one hostile connection',
  ),
  skip: optional(someOf(NAMES, 'NAME,...', 'Attacks and faults to leave out.'), 'none'),
  overlap: integer(1, 10, 3, 'Most attacks at a time.'),
  heap: integer(32, 65_536, 128, 'MiB of the hub’s --max-old-space-size.'),
  rate: integer(4, 10_000, 320, 'Requests a second of the good clients together.'),
  list: bare('Prints the names, with what each does.'),
  measure: bare('One attack after the other, beside the same one on a bare server.'),
  seconds: decimal(1, 600, 30, 'With --measure: of each attack, on each.'),
  pairs: integer(1, 100, 1, 'With --measure: turns of each attack on either server, for steadier figures.'),
};

type Given = ValuesOf<typeof OPTIONS>;

/** What a measure does not support. */
export function checkChaos({ measure, only }: Given): readonly (string | false)[] {
  const fault = measure && only?.find((name) => faultNames.some((one) => one === name));
  return [typeof fault === 'string' && `--measure takes attacks, and ${fault} is a fault; leave it out of --only`];
}

export interface ChaosOptions extends Given {
  readonly seed: number;
  readonly attacks: readonly AttackName[];
  readonly faults: readonly FaultName[];
}

/** Which attacks and faults, in the order of their tables. */
export function chaosOptions(given: Given, newSeed: () => number): ChaosOptions {
  const { measure, only = measure ? measuredNames : NAMES, skip = [], seed = newSeed() } = given;
  const isWanted = (name: AttackName | FaultName): boolean => only.includes(name) && !skip.includes(name);
  return {
    ...given,
    seed,
    attacks: attackNames.filter(isWanted),
    faults: measure ? [] : faultNames.filter(isWanted),
  };
}

export function listText(): string {
  const attacks = attackNames.map((name) => [name, ATTACKS[name].does]);
  const faults = faultNames.map((name) => [name, FAULTS[name].does]);
  return table(['name', 'what it does'], [...attacks, ...faults]);
}
