/** Formats the scenes of the overload, and derives targets. Knows columns and words; measures nothing. */

import { median } from '../harness/statistics.js';
import { percentText, table } from '../harness/table.js';
import { atLeast, type Target } from '../harness/target.js';
import type { Phase } from './load.js';
import { EVENT_ROWS, JUDGED, type Retries, type SceneResult } from './scene.js';

/** Minimum fraction of the best goodput, at two and five times the load; minimum fraction of admitted retries. */
const LEAST_GOODPUT = 0.8;
const LEAST_LET_IN = 0.9;

/** One line while the bench runs. */
export function progressLine({ model, sockets, times }: SceneResult): string {
  const shares = times.map(({ times: many, share }) => `${percentText(share)} at ${many} x`);
  return `${model}, ${sockets} connections: of the peak ${shares.join(', ')}`;
}

/** Without refusals there are no retries. */
export function targetsOf({ model, sockets, times, beside, crowd }: SceneResult): Target[] {
  const scene = `${model}, ${sockets} connections`;
  const retries = [...beside, ...crowd].filter((some) => some.retries > 0).map(({ firstShare }) => firstShare);
  return [
    ...times
      .filter(({ times: many }) => JUDGED.includes(many))
      .map(({ times: many, share }) =>
        atLeast(`${scene}: goodput at ${many} x of the peak`, share, LEAST_GOODPUT, percentText),
      ),
    atLeast(
      `${scene}: first retries let in, the least share`,
      retries.length === 0 ? undefined : Math.min(...retries),
      LEAST_LET_IN,
      percentText,
    ),
  ];
}

export function sceneText({
  model,
  sockets,
  eventBytes,
  peaks,
  times,
  beside,
  crowd,
  peakRssMiB,
}: SceneResult): string {
  const of = (phases: readonly Phase[], figure: (phase: Phase) => number): string =>
    String(Math.round(median(phases.map(figure))));
  const row = (name: string, phases: readonly Phase[], ...shares: number[]): string[] => [
    name,
    of(phases, ({ offered }) => offered),
    of(phases, ({ written }) => written),
    of(phases, ({ good }) => good * EVENT_ROWS),
    ...shares.map(percentText),
    of(phases, ({ refused }) => refused),
    of(phases, ({ retryAfterMs }) => retryAfterMs),
    of(phases, ({ p50Ms }) => p50Ms),
    of(phases, ({ p99Ms }) => p99Ms),
  ];
  const title = `${model}, ${sockets} connections, events of ${EVENT_ROWS} rows and ${eventBytes} bytes`;
  const header = [
    '',
    'offered/s',
    'written/s',
    'rows/s',
    'of peak',
    'by CPU',
    'refused/s',
    'retryAfterMs',
    'p50 ms',
    'p99 ms',
  ];
  const rows = times.map(({ times: many, share, shareByCpu, phases }) => row(`${many} x`, phases, share, shareByCpu));
  const load = table(header, [row('closed loop', peaks, 1, 1), ...rows]);
  const retries = (name: string, { times: many, ...of }: Retries): string[] => [
    `${name} ${many} x`,
    String(of.answered),
    String(of.retries),
    Number.isNaN(of.firstShare) ? '-' : percentText(of.firstShare),
    Number.isNaN(of.retryAfterMs) ? '-' : String(Math.round(of.retryAfterMs)),
    String(of.longestMs),
  ];
  const patient = table(
    ['patient', 'answered', 'came again', 'let in at first retry', 'retryAfterMs', 'longest'],
    [...beside.map((it) => retries('16 beside', it)), ...crowd.map((it) => retries('all of', it))],
  );
  return [title, load, '', patient, `RSS of the hub at most ${peakRssMiB} MiB`].join('\n');
}
