/** The actions on hubs and nginx while the load runs. Knows only the figures that it passes on. */

import { setTimeout as delay } from 'node:timers/promises';
import { BalancedHub, type DrainFigures } from './hub.js';
import { type KindFigures, Load } from './load.js';
import type { Nginx } from './nginx.js';
import type { BalanceOptions, SceneName } from './options.js';

/** One action, from its start to that of the next. */
export interface Step {
  readonly what: string;
  readonly from: number;
  /** The hubs affected, by index in {@link Stage.hubs}. */
  readonly hubs: readonly number[];
  readonly drains: readonly DrainFigures[];
}

export interface SceneFigures {
  readonly name: SceneName;
  readonly seconds: number;
  readonly steps: readonly Step[];
  readonly kinds: readonly KindFigures[];
}

export interface Stage {
  readonly nginx: Nginx;
  /** All hubs so far; the last three are the current ones. */
  readonly hubs: BalancedHub[];
  readonly options: BalanceOptions;
  readonly progress: (line: string) => void;
}

export const HUBS = 3;
/** Answers per kind of caller between two steps. */
const BETWEEN = 20;
/** `worker_shutdown_timeout` of nginx.conf, with some margin. */
const OLD_WORKERS_MS = 90_000;

export async function playScene(name: SceneName, stage: Stage): Promise<SceneFigures> {
  const load = new Load(stage.nginx.url, stage.options.clients);
  const startedAt = performance.now();
  const steps: Step[] = [];
  let kinds: readonly KindFigures[] = [];
  try {
    await load.start();
    await load.goesOn(BETWEEN);
    await PLAYS[name](stage, load, steps);
    await load.goesOn(BETWEEN);
  } finally {
    kinds = await load.end();
  }
  return { name, seconds: (performance.now() - startedAt) / 1000, steps, kinds };
}

type Play = (stage: Stage, load: Load, steps: Step[]) => Promise<void>;

const PLAYS: Readonly<Record<SceneName, Play>> = {
  'rolling restart': async ({ hubs, options, progress }, load, steps) => {
    for (let roll = 1; roll <= options.rolls; roll++) {
      for (const [index, hub] of hubs.entries()) {
        const what = `rolling restart ${roll}, hub ${index + 1}`;
        const from = performance.now();
        const drain = await hub.drain();
        await hub.start();
        steps.push({ what, from, hubs: [index], drains: [drain] });
        progress(`${what}: ${drainText(drain)}, ${seconds(from)}`);
        // Like an orchestrator, continues only when all callers work again.
        await load.goesOn(BETWEEN);
      }
    }
  },
  // With twice the machines for a while: clients move only to hubs that stay.
  replacement: async ({ nginx, hubs, progress }, load, steps) => {
    const from = performance.now();
    const old = hubs.slice(-HUBS);
    const places = old.map((hub) => hubs.indexOf(hub));
    hubs.push(...(await Promise.all(old.map(({ setting }) => BalancedHub.start(setting)))));
    const portsOf = (some: readonly BalancedHub[]): number[] => some.map(({ port }) => port);
    await nginx.forwardTo(portsOf(hubs));
    await load.goesOn(BETWEEN);
    const drains = await Promise.all(old.map((hub) => hub.drain()));
    await nginx.forwardTo(portsOf(hubs.slice(-HUBS)));
    steps.push({ what: 'replacement', from, hubs: places, drains });
    progress(`replacement: ${drains.map(drainText).join('; ')}, ${seconds(from)}`);
  },
  kill: async ({ hubs, options, progress }, load, steps) => {
    for (const hub of hubs.slice(-HUBS).slice(0, options.kills)) {
      const index = hubs.indexOf(hub);
      const what = `kill of hub ${index + 1}`;
      const from = performance.now();
      await hub.kill();
      await load.goesOn(BETWEEN);
      await hub.start();
      steps.push({ what, from, hubs: [index], drains: [] });
      progress(`${what}, and its start: ${seconds(from)}`);
      await load.goesOn(BETWEEN);
    }
  },
  reload: async ({ nginx, options, progress }, load, steps) => {
    for (let i = 1; i <= options.reloads; i++) {
      const what = `reload ${i}`;
      steps.push({ what, from: performance.now(), hubs: [], drains: [] });
      await nginx.reload();
      await delay(options.reloadMs);
      progress(`${what}: ${nginx.oldWorkers} old workers`);
    }
    await load.goesOn(BETWEEN);
    if (!options.awaitOldWorkers) return;
    const from = performance.now();
    await nginx.oldWorkersEnded(OLD_WORKERS_MS);
    steps.push({ what: 'end of the old workers', from, hubs: [], drains: [] });
    progress(`the old workers ended: ${seconds(from)}`);
  },
};

function drainText({ settled, accepted }: DrainFigures): string {
  return `${settled} of ${accepted} answered`;
}

function seconds(from: number): string {
  return `${((performance.now() - from) / 1000).toFixed(1)} s`;
}
