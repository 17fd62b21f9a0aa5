/**
 * The measured time of the page: parts with a trace each, and samples of the heap between them. Knows the running
 * browser and load; judges no figure.
 */

import { pause } from '../harness/deadline.js';
import { machineCpuSeconds } from '../harness/process-cpu.js';
import type { PageBrowser } from './browser.js';
import type { HeapSample, LoadFigures, PageFigures, Stretch } from './figures.js';
import type { LoadProcess } from './load-process.js';
import type { Schedule } from './schedule.js';
import { tasksOf } from './trace.js';

/** Interval of progress lines, in seconds, or after each part if that is shorter. */
const PROGRESS_SECONDS = 10;

export interface Scene {
  readonly browser: PageBrowser;
  readonly hub: { cpuSeconds(): number };
  readonly publisher: LoadProcess;
  readonly viewers: LoadProcess;
  /** Rejects when one of the processes ends by itself. */
  readonly broken: Promise<never>;
}

export interface Progress {
  /** Wall time of the main thread's tasks since the previous line. */
  readonly busyShare: number;
  readonly cpuShare: number;
  /** Garbage included. */
  readonly heapBytes: number;
}

export async function measurePage(
  scene: Scene,
  { stretches, stretchSeconds }: Schedule,
  progress: (line: Progress) => void,
): Promise<PageFigures> {
  const { browser } = scene;
  const before = await browser.sight();
  const load = await beginLoad(scene);
  const measured: Stretch[] = [];
  const heap: HeapSample[] = [await browser.sampleHeap(0)];
  for (let n = 0; n < stretches; n++) {
    measured.push(await measureStretch(scene, n * stretchSeconds, stretchSeconds, progress));
    // A forced garbage collection takes long, so it happens between the parts, outside all of them.
    heap.push(await browser.sampleHeap((n + 1) * stretchSeconds));
  }
  const figures = { stretches: measured, heap, before, after: await browser.sight(), load: await load.end() };
  // Last, as what is typed is more than the page is measured for.
  const keyMs = await browser.typeKeys();
  return { ...figures, keyMs, problems: browser.problems };
}

async function measureStretch(
  { browser, publisher, broken }: Scene,
  startSeconds: number,
  seconds: number,
  progress: (line: Progress) => void,
): Promise<Stretch> {
  await browser.beginTrace();
  const { offset } = await browser.sight();
  const { done } = publisher.report;
  const begin = await browser.counters();
  let end = begin;
  for (let left = seconds; left > 0; left -= PROGRESS_SECONDS) {
    await pause(Math.min(left, PROGRESS_SECONDS), broken);
    const now = await browser.counters();
    const span = now.at - end.at;
    progress({
      busyShare: (now.task - end.task) / span,
      cpuShare: (now.cpu - end.cpu) / span,
      heapBytes: await browser.usedHeapBytes(),
    });
    end = now;
  }
  const { offset: endOffset } = await browser.sight();
  const published = publisher.report.done - done;
  const { events, isCut } = await browser.endTrace();
  const { frames, longTasks: observedLongTasks } = await browser.probe(begin, end);
  const traced = tasksOf(events, { pid: browser.renderer, fromSeconds: begin.at, toSeconds: end.at });
  return {
    seconds: end.at - begin.at,
    taskSeconds: end.task - begin.task,
    scriptSeconds: end.script - begin.script,
    layoutSeconds: end.layout - begin.layout,
    styleSeconds: end.style - begin.style,
    cpuSeconds: end.cpu - begin.cpu,
    waitSeconds: end.wait - begin.wait,
    tasks: traced.tasks,
    longTasks: traced.long.map((task) => ({ ...task, atSeconds: startSeconds + task.atSeconds })),
    observedLongTasks,
    frames,
    published,
    offsets: endOffset - offset,
    isTraceCut: isCut,
  };
}

/** Starts counting everything except the page's main thread. */
async function beginLoad({ browser, hub, publisher, viewers }: Scene): Promise<{ end(): Promise<LoadFigures> }> {
  const read = async () => ({
    at: performance.now() / 1000,
    published: publisher.report,
    viewed: viewers.report,
    hub: hub.cpuSeconds(),
    publisher: publisher.cpuSeconds(),
    viewers: viewers.cpuSeconds(),
    browser: await browser.cpuSeconds(),
    bench: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
    machine: machineCpuSeconds(),
  });
  const from = await read();
  return {
    async end() {
      const to = await read();
      const seconds = to.at - from.at;
      const cores = (name: 'hub' | 'publisher' | 'viewers' | 'browser' | 'bench' | 'machine') =>
        (to[name] - from[name]) / seconds;
      const known = { hub: cores('hub'), publisher: cores('publisher'), viewers: cores('viewers') };
      const ours = known.hub + known.publisher + known.viewers + cores('browser') + cores('bench');
      return {
        seconds,
        published: to.published.done - from.published.done,
        failed: to.published.failed - from.published.failed,
        viewed: to.viewed.done - from.viewed.done,
        viewerGaps: to.viewed.failed - from.viewed.failed,
        viewerSkipped: to.viewed.skipped - from.viewed.skipped,
        cores: { ...known, browser: cores('browser'), others: Math.max(0, cores('machine') - ours) },
      };
    },
  };
}
