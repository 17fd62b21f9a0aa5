/**
 * Two hubs under full load in turn, one with the prediction log and one without. Both run throughout, so that both are
 * warm and turns follow each other within seconds: a shared machine varies over minutes. Knows loads and turns; knows
 * nothing of options or targets.
 */

import { inTurns } from '../harness/turns.js';
import { countLoad, type LoadFigures } from '../hub/measurement.js';
import { LoaderProcess } from '../load/loader-process.js';
import { type BatchTotals, ServerProcess, type ServerSetting } from '../servers/server-process.js';

export interface PairsPlan {
  readonly pairs: number;
  readonly sockets: number;
  readonly seconds: number;
  /** In seconds. */
  readonly warmUp: number;
}

/** A hub's turn. */
export type Turn = LoadFigures;

type State = 'without' | 'with';

/** Includes the totals of the hub with the log, from its start to its end. */
export type PairsResult = Readonly<Record<State, readonly Turn[]>> & { readonly totals: BatchTotals };

/** Load before a turn counts, in seconds. */
const SETTLE_SECONDS = 0.5;

export async function measurePairs(
  settings: Readonly<Record<State, ServerSetting>>,
  plan: PairsPlan,
  said: (figures: Readonly<Record<State, Turn>>, pair: number) => void,
): Promise<PairsResult> {
  const hubs = {
    without: await LoadedHub.start(settings.without, plan),
    with: await LoadedHub.start(settings.with, plan),
  };
  try {
    for (const hub of [hubs.without, hubs.with]) await hub.turn(plan.warmUp);
    const rounds = await inTurns(['without', 'with'], plan.pairs, (state) => hubs[state].turn(plan.seconds), said);
    const totals = await hubs.with.end();
    if (totals?.log === undefined) throw new Error('the hub did not report its prediction log when it drained');
    return { ...rounds, totals };
  } finally {
    for (const hub of [hubs.without, hubs.with]) await hub.end();
  }
}

class LoadedHub {
  readonly #server: ServerProcess;
  readonly #loader: LoaderProcess;

  private constructor(server: ServerProcess, loader: LoaderProcess) {
    this.#server = server;
    this.#loader = loader;
  }

  static async start(setting: ServerSetting, { sockets }: PairsPlan): Promise<LoadedHub> {
    const server = await ServerProcess.start('hub', setting);
    const loader = new LoaderProcess({ port: server.port, sockets, pipeline: 1, awaitHello: true });
    await loader.opened();
    return new LoadedHub(server, loader);
  }

  /** Loads the hub for this long. */
  async turn(seconds: number): Promise<Turn> {
    const figures = await countLoad(this.#server, [this.#loader], { warmUpSeconds: SETTLE_SECONDS, seconds });
    await this.#loader.pause();
    return figures;
  }

  async end(): Promise<BatchTotals | undefined> {
    await this.#loader.close();
    return await this.#server.end();
  }
}
