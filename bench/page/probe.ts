/**
 * The probe that runs in the page, from before its first script, and what the page displays about itself. Knows the
 * page's hooks (dashboard/main.ts).
 */

import type { Sight } from './figures.js';

/**
 * Counts frames per second and keeps the long tasks. A string, since the browser compiles it; it allocates its memory
 * at the start, so that the probe itself does not grow. Keeps an hour of frames and a thousand tasks.
 */
export const PROBE_SCRIPT = `(() => {
  const SECONDS = 36_000;
  const frames = new Uint16Array(SECONDS);
  const tasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) if (tasks.length < 1000) tasks.push(startTime);
  }).observe({ type: 'longtask', buffered: true });
  const count = (time) => {
    frames[Math.floor(time / 1000) % SECONDS] += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  globalThis.tickcastProbe = { frames, tasks };
})()`;

/** Times are milliseconds of the page's clock, which starts at its navigation. */
export interface ProbeReading {
  /** Per whole second in between. */
  readonly frames: readonly number[];
  readonly longTasks: number;
}

export function probeScript(fromMs: number, toMs: number): string {
  return `(() => {
    const { frames, tasks } = globalThis.tickcastProbe;
    return {
      frames: Array.from(frames.subarray(${Math.ceil(fromMs / 1000)}, ${Math.floor(toMs / 1000)})),
      longTasks: tasks.filter((at) => at >= ${fromMs} && at < ${toMs}).length,
    };
  })()`;
}

export const SIGHT_SCRIPT = `(() => {
  const text = (name) => document.querySelector('[' + name + ']')?.textContent ?? '';
  const texts = ['offset', 'gaps', 'reconnects', 'skipped'].map((name) => text('data-' + name));
  return [document.documentElement.dataset.state ?? '', ...texts];
})()`;

/** The page writes thousands with a separator, and a dash for unknown values. */
export function parseSight(texts: readonly string[]): Sight {
  const number = (text = ''): number => Number.parseInt(text.replaceAll(/[^\d.]/g, ''), 10);
  const [state = '', offset, gaps, reconnects, skipped] = texts;
  return {
    state,
    offset: number(offset),
    gaps: number(gaps),
    reconnects: number(reconnects),
    skippedWindows: number(skipped),
  };
}
