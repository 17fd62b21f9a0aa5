/** The options of `npm run balance`, and what its two forms do. Knows nothing of how it is done. */

import { integer, someOf, type ValuesOf } from '../../command-line/option.js';
import { QUICK } from '../harness/options.js';

const SCENES = ['rolling restart', 'replacement', 'kill', 'reload'] as const;
export type SceneName = (typeof SCENES)[number];

export const OPTIONS = {
  quick: QUICK,
  only: someOf(SCENES, SCENES.join(), 'Which scenes.'),
  /** Of each kind. */
  clients: integer(1, 100, 4, 'Clients of each of the seven kinds.'),
};

export interface Form {
  /** Rolling restarts of all hubs. */
  readonly rolls: number;
  /** Hubs that are killed, one after the other. */
  readonly kills: number;
  readonly reloads: number;
  /** Interval between reloads. */
  readonly reloadMs: number;
  /** Waits until nginx's old workers have ended. */
  readonly awaitOldWorkers: boolean;
  /** Of the hubs. */
  readonly drainDelayMs: number;
  readonly graceMs: number;
}

export type BalanceOptions = ValuesOf<typeof OPTIONS> & Form;

// deploy/compose.yaml has the longer times; the short ones only shorten the short form.
const FULL = { rolls: 3, kills: 3, reloadMs: 2_000, awaitOldWorkers: true, drainDelayMs: 5_000, graceMs: 10_000 };
const SHORT = { rolls: 1, kills: 1, reloadMs: 500, awaitOldWorkers: false, drainDelayMs: 2_000, graceMs: 5_000 };

export function formOf(quick: boolean): Form {
  return { ...(quick ? SHORT : FULL), reloads: 10 };
}
