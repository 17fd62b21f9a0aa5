/** What runs in the page beside it, from before its first script, and what the page shows of itself. Knows the page's hooks (dashboard/main.ts). */

import type { Sight } from './figures.js';

/**
 * Counts frames by the second and keeps the long tasks. Text, since it is the browser that compiles it; its memory is taken at the start, so
 * that the probe's own does not grow. An hour of frames and a thousand tasks are kept.
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

/** Times are milliseconds of the page's clock, which begins at its navigation. */
export interface ProbeReading {
  /** Of each whole second in between. */
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

/** The page writes thousands with a separator, and a dash for what it does not know. */
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
