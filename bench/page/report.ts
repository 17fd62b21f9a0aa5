/** Formats the page's summary for a terminal. Knows columns and words; measures nothing. */

import { table } from '../harness/table.js';
import type { LoadFigures } from './figures.js';
import type { Progress } from './measure.js';
import { megabytes, type PageSummary, percent } from './summary.js';
import type { LongTask } from './trace.js';

/** Number of long tasks printed, longest first; the JSON has all. */
const SHOWN_TASKS = 5;

export function progressLine({ busyShare, cpuShare, heapBytes }: Progress): string {
  return `main thread busy ${percent(busyShare)} (CPU ${percent(cpuShare)}), heap ${megabytes(heapBytes)} with garbage`;
}

export function tablesOf(summary: PageSummary, load: LoadFigures): readonly string[] {
  const { wallLongTasks } = summary;
  return [sharesText(summary, load), ...(wallLongTasks.length > 0 ? [tasksText(wallLongTasks)] : [])];
}

function sharesText({ shares, framesPerSecond }: PageSummary, { cores }: LoadFigures): string {
  const { script, style, layout, cpu, busy, waiting } = shares;
  return [
    `Main thread: busy ${percent(busy)}, of which scripts ${percent(script)}, style ${percent(style)}, layout ${percent(layout)}; ` +
      `CPU ${percent(cpu)}, waiting for a core ${percent(waiting)}; ${Number.isNaN(framesPerSecond) ? 'no whole second of frames' : `${framesPerSecond} frames a second`}.`,
    `Cores in use: hub ${cores.hub.toFixed(2)}, publisher ${cores.publisher.toFixed(2)}, viewers ${cores.viewers.toFixed(2)}, ` +
      `browser with its drawing ${cores.browser.toFixed(2)}, others ${cores.others.toFixed(2)}.`,
  ].join('\n');
}

function tasksText(tasks: readonly LongTask[]): string {
  const longest = [...tasks].sort((a, b) => b.cpuMs - a.cpuMs).slice(0, SHOWN_TASKS);
  const rows = longest.map(({ atSeconds, wallMs, cpuMs, parts }) => [
    atSeconds.toFixed(1),
    wallMs.toFixed(0),
    cpuMs.toFixed(0),
    parts.join(', '),
  ]);
  return table(['long task at s', 'wall ms', 'CPU ms', 'longest steps'], rows);
}
