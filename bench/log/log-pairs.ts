/**
 * Two hubs under full load in turn, one with the prediction log and one without. Both live through the whole run, so that both are warm and a turn follows
 * the other within seconds: a shared machine is not the same for minutes. Knows loads and turns; knows nothing of options or targets.
 */

import { machineCpuSeconds } from '../harness/process-cpu.js';
import { LoaderProcess } from '../load/loader-process.js';
import { type BatchTotals, ServerProcess, type ServerSetting } from '../servers/server-process.js';

export interface PairsPlan {
  readonly pairs: number;
  readonly sockets: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** A hub's turn. */
export interface Turn {
  readonly predictionsPerSecond: number;
  /** CPU of the hub's process for one prediction, all threads. */
  readonly cpuUs: number;
  /** CPU seconds in a second: 1 is a full core. */
  readonly load: number;
  readonly loaderLoad: number;
  /** Of everything else on the machine, in cores. */
  readonly otherLoad: number;
}

export interface PairsResult {
  readonly without: readonly Turn[];
  readonly with: readonly Turn[];
  /** Of the hub with the log, from its start to its end. */
  readonly totals: BatchTotals;
}

/** Load before a turn counts. */
const SETTLE_SECONDS = 0.5;

export async function measurePairs(
  settings: { readonly without: ServerSetting; readonly with: ServerSetting },
  plan: PairsPlan,
  say: (pair: number, without: Turn, withLog: Turn) => void,
): Promise<PairsResult> {
  const hubs = [await LoadedHub.start(settings.without, plan), await LoadedHub.start(settings.with, plan)] as const;
  const [without, withLog] = hubs;
  try {
    for (const hub of hubs) await hub.turn(plan.warmUpSeconds);
    const turns = new Map<LoadedHub, Turn[]>(hubs.map((hub) => [hub, []]));
    const all = (hub: LoadedHub): Turn[] => turns.get(hub) ?? [];
    for (let pair = 0; pair < plan.pairs; pair++) {
      // Who is first takes turns too.
      for (const hub of pair % 2 === 0 ? hubs : [withLog, without]) all(hub).push(await hub.turn(plan.seconds));
      const [first, second] = [all(without)[pair], all(withLog)[pair]];
      if (first !== undefined && second !== undefined) say(pair, first, second);
    }
    const totals = await withLog.end();
    if (totals?.log === undefined) throw new Error('the hub did not report its prediction log when it drained');
    return { without: all(without), with: all(withLog), totals };
  } finally {
    for (const hub of hubs) await hub.end();
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

  /** Loads the hub for so long. */
  async turn(seconds: number): Promise<Turn> {
    const [server, loader] = [this.#server, this.#loader];
    loader.start();
    await loader.run(SETTLE_SECONDS);
    await loader.begin();
    const startedAt = performance.now();
    const [cpuAt, machineAt] = [server.cpuSeconds(), machineCpuSeconds()];
    await loader.run(seconds);
    const elapsed = (performance.now() - startedAt) / 1000;
    const load = (server.cpuSeconds() - cpuAt) / elapsed;
    const machine = (machineCpuSeconds() - machineAt) / elapsed;
    const { answered, seconds: counted, cpuSeconds } = await loader.end();
    await loader.pause();
    const predictionsPerSecond = answered / counted;
    const loaderLoad = cpuSeconds / counted;
    return {
      predictionsPerSecond,
      cpuUs: (load / predictionsPerSecond) * 1e6,
      load,
      loaderLoad,
      otherLoad: Math.max(0, machine - load - loaderLoad),
    };
  }

  async end(): Promise<BatchTotals | undefined> {
    await this.#loader.close();
    return await this.#server.end();
  }
}
