/** The bench's options: from argv to a checked value, or to the line that says what was wrong. Knows nothing of what is measured. */

import { parseArgs } from 'node:util';
import { oneOf, problemOf, whole } from '../harness/option-values.js';

export const partNames = ['echo', 'naive', 'hub', 'engine', 'connect'] as const;
export type Part = (typeof partNames)[number];
export type EngineName = 'native' | 'wasm';

export interface BenchOptions {
  readonly sockets: readonly number[];
  /** Measured time of one server at one number of sockets in one round. */
  readonly seconds: number;
  /** At one socket a server compiles its JavaScript for several seconds before it is at its pace. */
  readonly warmUpSeconds: number;
  readonly rounds: number;
  /** Requests in flight on each socket. */
  readonly pipeline: number;
  readonly loaders: number;
  readonly engine: EngineName;
  readonly only: readonly Part[];
  /** Where the JSON goes; undefined: beside the built bench. */
  readonly out: string | undefined;
  /** A missed target ends the bench with exit code 1. */
  readonly check: boolean;
}

export type OptionsParsing =
  | { readonly kind: 'options'; readonly options: BenchOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

const help = `npm run bench -- [options]

  --quick            2 s instead of 8, 4 s of warm-up instead of 6, one round instead of three
  --sockets LIST     how many sockets, as 1,32,256 (the default)
  --seconds N        measured time of one server at one number of sockets
  --warm-up N        seconds of load before each measurement
  --rounds N         rounds over all servers; figures are the median
  --pipeline N       requests in flight on each socket (1)
  --loaders N        loader processes (1)
  --engine NAME      native (the default) or wasm
  --only LIST        of ${partNames.join(', ')}
  --out FILE         where the JSON goes (dist/bench/result.json)
  --check            exit code 1 when a target is missed
`;

export function parseOptions(args: readonly string[]): OptionsParsing {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        sockets: { type: 'string', default: '1,32,256' },
        seconds: { type: 'string' },
        'warm-up': { type: 'string' },
        rounds: { type: 'string' },
        pipeline: { type: 'string', default: '1' },
        loaders: { type: 'string', default: '1' },
        engine: { type: 'string', default: 'native' },
        only: { type: 'string', default: partNames.join() },
        out: { type: 'string' },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help', text: help };
    const { quick, check, out } = values;
    const options: BenchOptions = {
      sockets: values.sockets.split(',').map((text) => whole('sockets', text, 1, 10_000)),
      seconds: whole('seconds', values.seconds ?? (quick ? '2' : '8'), 1, 600),
      warmUpSeconds: whole('warm-up', values['warm-up'] ?? (quick ? '4' : '6'), 1, 600),
      rounds: whole('rounds', values.rounds ?? (quick ? '1' : '3'), 1, 100),
      pipeline: whole('pipeline', values.pipeline, 1, 32),
      loaders: whole('loaders', values.loaders, 1, 16),
      engine: oneOf('engine', values.engine, ['native', 'wasm']),
      only: values.only.split(',').map((text) => oneOf('only', text, partNames)),
      out,
      check,
    };
    return { kind: 'options', options };
  } catch (error) {
    return { kind: 'problem', problem: problemOf(error) };
  }
}
