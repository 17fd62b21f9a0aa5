/** Options of `npm run balance`: from argv to a checked value, or to the line that says what was wrong. Knows nothing of what is done. */

import { parseArgs } from 'node:util';
import { oneOf, problemOf, whole } from '../harness/option-values.js';

export const SCENES = ['rolling restart', 'replacement', 'kill', 'reload'] as const;
export type SceneName = (typeof SCENES)[number];

export interface BalanceOptions {
  readonly only: readonly SceneName[];
  /** Rolling restarts of all hubs. */
  readonly rolls: number;
  /** Hubs that are killed, one after the other. */
  readonly kills: number;
  readonly reloads: number;
  /** Between two reloads. */
  readonly reloadMs: number;
  /** Waits until nginx's workers from before the reloads have ended. */
  readonly awaitOldWorkers: boolean;
  /** Clients of each kind. */
  readonly clients: number;
  /** Of the hubs. */
  readonly drainDelayMs: number;
  readonly graceMs: number;
  /** Where the JSON goes; undefined: beside the built bench. */
  readonly out: string | undefined;
}

export type BalanceOptionsParsing =
  | { readonly kind: 'options'; readonly options: BalanceOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

const help = `npm run balance -- [options]

Three hubs behind nginx, as deploy/nginx has it, under load: rolling restarts, all hubs replaced by others, hubs that are killed,
reloads of nginx. Exit code 1 when a target is missed.

  --quick      under a minute: one rolling restart, one kill; does not wait for nginx's old workers to end
  --only LIST  some of ${SCENES.join(', ')}
  --clients N  clients of each of the seven kinds (4)
  --out FILE   where the JSON goes (dist/bench/balance/result.json)

NGINX names the program, where it is not /usr/sbin/nginx.
`;

// deploy/compose.yaml has the longer times; the short ones only make the short form short.
const FULL = { rolls: 3, kills: 3, reloadMs: 2_000, awaitOldWorkers: true, drainDelayMs: 5_000, graceMs: 10_000 };
const QUICK = { rolls: 1, kills: 1, reloadMs: 500, awaitOldWorkers: false, drainDelayMs: 2_000, graceMs: 5_000 };

export function parseBalanceOptions(args: readonly string[]): BalanceOptionsParsing {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: SCENES.join(',') },
        clients: { type: 'string', default: '4' },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help', text: help };
    const clients = whole('clients', values.clients, 1, 100);
    const only = values.only.split(',').map((name) => oneOf('only', name, SCENES));
    const form = values.quick ? QUICK : FULL;
    return { kind: 'options', options: { ...form, only, reloads: 10, clients, out: values.out } };
  } catch (error) {
    return { kind: 'problem', problem: problemOf(error) };
  }
}
