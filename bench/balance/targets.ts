/** Turns figures into targets: what is judged, and how. Measures nothing. */

import { atMost, type Target } from '../harness/target.js';
import type { DrainFigures } from './hub.js';
import type { KindFigures } from './load.js';
import type { SceneFigures, Step } from './scenes.js';

/** Which hub, by number, had this Socket.IO connection. */
export type HubOf = (socket: string) => number | undefined;

export function targetsOf(scenes: readonly SceneFigures[], hubOf: HubOf, linesWithQuery: number): readonly Target[] {
  return [
    ...scenes.flatMap((scene) => sceneTargets(scene, hubOf)),
    atMost('access lines with a query', linesWithQuery, 0, String),
  ];
}

function sceneTargets({ name, kinds, steps }: SceneFigures, hubOf: HubOf): Target[] {
  const [rest, sdk, plain] = ['REST', 'SDK', 'plain'].map((start) =>
    kinds.filter(({ kind }) => kind.startsWith(start)),
  );
  const unanswered = (some: readonly KindFigures[] = []): number =>
    sum(some, ({ failed, lost, wrong }) => failed + lost + wrong);
  const target = (what: string, measured: number, limit: number): Target =>
    atMost(`${name}: ${what}`, measured, limit, String);
  const common = [
    target('REST requests failed, lost or wrong', unanswered(rest), 0),
    target('SDK requests failed, lost or wrong', unanswered(sdk), 0),
    target('plain requests failed, lost or wrong', unanswered(plain), 0),
  ];
  const sockets = [...(sdk ?? []), ...(plain ?? [])];
  if (name === 'reload')
    return [...common, target('most connections that one SDK or plain client lost in all', mostOf(sockets), 1)];
  const { most, foreign } = lossesByStep(plain ?? [], steps, hubOf);
  const drains = steps.flatMap((step) => step.drains);
  const moved = [
    target(
      'connections that SDK clients lost',
      sum(sdk ?? [], ({ losses }) => losses.flat().length),
      0,
    ),
    target(
      'drains with another exit code than 0, or requests refused or abandoned',
      drains.filter(isUnclean).length,
      0,
    ),
  ];
  return [
    ...common,
    // A reload closes kept-alive HTTP connections, which is not a client's reconnect as long as nothing fails.
    ...(name === 'replacement'
      ? []
      : [
          target(
            'REST requests that were made again',
            sum(rest ?? [], (kind) => kind.repeated),
            0,
          ),
        ]),
    target('most connections that a plain client lost while a hub was replaced', most, 1),
    target('connections of plain clients lost without such a reason', foreign, 0),
    ...(name === 'replacement'
      ? [target('most connections that a plain client lost in all', mostOf(plain ?? []), 1)]
      : []),
    ...(name === 'kill' ? [] : moved),
  ];
}

function mostOf(kinds: readonly KindFigures[]): number {
  return Math.max(0, ...kinds.flatMap(({ losses }) => losses.map(({ length }) => length)));
}

function isUnclean({ exitCode, refused, abandoned, accepted, settled }: DrainFigures): boolean {
  return exitCode !== 0 || refused !== 0 || abandoned !== 0 || accepted !== settled;
}

/**
 * The most that one client lost between the start of a step and that of the next, and all losses that no step explains.
 */
function lossesByStep(kinds: readonly KindFigures[], steps: readonly Step[], hubOf: HubOf) {
  let [most, foreign] = [0, 0];
  for (const losses of kinds.flatMap((kind) => kind.losses)) {
    foreign += losses.filter(({ at }) => at < (steps[0]?.from ?? Number.POSITIVE_INFINITY)).length;
    for (const [i, { from, hubs }] of steps.entries()) {
      const to = steps[i + 1]?.from ?? Number.POSITIVE_INFINITY;
      const during = losses.filter(({ at }) => at >= from && at < to);
      most = Math.max(most, during.length);
      foreign += during.filter(({ socket }) => !hubs.includes(hubOf(socket ?? '') ?? -1)).length;
    }
  }
  return { most, foreign };
}

/** The most connections that one client lost in any rolling restart of this many hubs. */
export function mostOfRoll({ kinds, steps }: SceneFigures, hubs: number): number {
  const starts = steps.filter((_, i) => i % hubs === 0).map(({ from }) => from);
  const counts = kinds.flatMap(({ losses }) =>
    losses.flatMap((some) =>
      starts.map(
        (from, i) => some.filter(({ at }) => at >= from && at < (starts[i + 1] ?? Number.POSITIVE_INFINITY)).length,
      ),
    ),
  );
  return Math.max(0, ...counts);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
