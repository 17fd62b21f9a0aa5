/** The options of `npm run chaos`: from argv to a checked value, or to the line that says what was wrong. Knows nothing of what is done. */

import { parseArgs } from 'node:util';
import { decimal, oneOf, problemOf, whole } from '../harness/option-values.js';
import { table } from '../harness/table.js';
import { ATTACKS, type AttackName, attackNames, measuredNames } from './attacks/table.js';
import { FAULTS, type FaultName, faultNames } from './faults.js';

export interface ChaosOptions {
  readonly kind: 'chaos';
  readonly seed: number;
  readonly minutes: number;
  readonly attacks: readonly AttackName[];
  readonly faults: readonly FaultName[];
  readonly overlap: number;
  readonly heapMiB: number;
  readonly perSecond: number;
  /** Where the JSON goes; undefined: beside the built bench. */
  readonly out: string | undefined;
}

export interface MeasureOptions {
  readonly kind: 'measure';
  readonly seed: number;
  readonly seconds: number;
  readonly pairs: number;
  readonly attacks: readonly AttackName[];
  readonly heapMiB: number;
  readonly perSecond: number;
  readonly out: string | undefined;
  /** A missed target ends it with exit code 1. */
  readonly check: boolean;
}

export type ChaosParsing =
  | ChaosOptions
  | MeasureOptions
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

const HELP = `npm run chaos -- [options]

  --seed N          what is done when; the same seed does the same (a new one each time)
  --minutes N       how long, about (2)
  --only LIST       attacks and faults by name, as connect-burst-post,kill (all)
  --overlap N       most attacks at a time (3)
  --heap MIB        of the hub's --max-old-space-size (128)
  --rate N          requests a second of the good clients together (320)
  --out FILE        where the JSON goes (dist/bench/chaos/chaos.json)
  --list            the names, with what each does

npm run chaos -- --measure [options]: one attack after the other, beside the same one on a bare server

  --seconds N       of each attack, on each (30)
  --pairs N         turns of each attack on either server, for steadier figures (1)
  --only LIST       attacks by name (those of one hostile connection)
  --check           exit code 1 when a target is missed
`;

export function parseChaos(args: readonly string[], newSeed: () => number): ChaosParsing {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string' },
        only: { type: 'string' },
        overlap: { type: 'string' },
        heap: { type: 'string', default: '128' },
        rate: { type: 'string', default: '320' },
        out: { type: 'string' },
        list: { type: 'boolean', default: false },
        measure: { type: 'boolean', default: false },
        seconds: { type: 'string', default: '30' },
        pairs: { type: 'string', default: '1' },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help', text: HELP };
    if (values.list) return { kind: 'help', text: `${listText()}\n` };
    const common = {
      seed: values.seed === undefined ? newSeed() : whole('seed', values.seed, 0, 2 ** 31 - 1),
      heapMiB: whole('heap', values.heap, 32, 65_536),
      perSecond: whole('rate', values.rate, 4, 10_000),
      out: values.out,
    };
    const only = values.only?.split(',');
    if (values.measure) {
      const attacks = only?.map((name) => oneOf('only', name, attackNames)) ?? measuredNames;
      const seconds = decimal('seconds', values.seconds, 1, 600);
      return {
        kind: 'measure',
        ...common,
        attacks,
        seconds,
        pairs: whole('pairs', values.pairs, 1, 100),
        check: values.check,
      };
    }
    const names = only?.map((name) => oneOf<AttackName | FaultName>('only', name, [...attackNames, ...faultNames]));
    return {
      kind: 'chaos',
      ...common,
      minutes: decimal('minutes', values.minutes ?? '2', 0.1, 600),
      attacks: names === undefined ? attackNames : attackNames.filter((name) => names.includes(name)),
      faults: names === undefined ? faultNames : faultNames.filter((name) => names.includes(name)),
      overlap: whole('overlap', values.overlap ?? '3', 1, 10),
    };
  } catch (error) {
    return { kind: 'problem', problem: problemOf(error) };
  }
}

function listText(): string {
  const attacks = attackNames.map((name) => [name, ATTACKS[name].does]);
  const faults = faultNames.map((name) => [name, FAULTS[name].does]);
  return table(['name', 'what it does'], [...attacks, ...faults]);
}
