/**
 * Extracts the tasks of the page's main thread from the browser's own trace. Knows the trace's events; knows no
 * browser.
 */

/** `disabled-by-default-devtools.timeline` has the tasks, `devtools.timeline` their parts. */
export const TRACE_CATEGORIES = ['disabled-by-default-devtools.timeline', 'devtools.timeline'];

/** A longer task is long, as in the Long Tasks API. */
export const LONG_TASK_MS = 50;

/** A complete event ("ph": "X"). Times are microseconds, `ts` by the monotonic clock. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** CPU time of the thread. */
  readonly tdur?: number;
}

export interface LongTask {
  readonly atSeconds: number;
  readonly wallMs: number;
  /** Less than the wall time when the thread waited for a core or another thread. */
  readonly cpuMs: number;
  /** Its longest steps, such as `FireAnimationFrame 61 ms`. */
  readonly parts: readonly string[];
}

export interface TaskTotals {
  readonly tasks: number;
  /** Sum of the tasks' CPU time. */
  readonly cpuSeconds: number;
  /** Tasks that were long by wall time. */
  readonly long: readonly LongTask[];
}

export interface TraceWindow {
  /** The renderer; on Linux its main thread has the same id. */
  readonly pid: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

const SHOWN_PARTS = 3;

export function tasksOf(events: readonly TraceEvent[], { pid, fromSeconds, toSeconds }: TraceWindow): TaskTotals {
  const onMain = events.filter((event) => event.ph === 'X' && event.pid === pid && event.tid === pid);
  const tasks = onMain.filter(({ name, ts }) => name === 'RunTask' && ts >= fromSeconds * 1e6 && ts < toSeconds * 1e6);
  const long = tasks.filter(({ dur = 0 }) => dur > LONG_TASK_MS * 1000);
  return {
    tasks: tasks.length,
    cpuSeconds: tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1e6,
    long: long.map((task) => ({
      atSeconds: task.ts / 1e6 - fromSeconds,
      wallMs: (task.dur ?? 0) / 1000,
      // Without thread times it counts completely: better one too many than one missed.
      cpuMs: (task.tdur ?? task.dur ?? 0) / 1000,
      parts: partsOf(task, onMain),
    })),
  };
}

function partsOf(task: TraceEvent, onMain: readonly TraceEvent[]): readonly string[] {
  const end = task.ts + (task.dur ?? 0);
  return (
    onMain
      .filter((event) => event !== task && event.ts >= task.ts && event.ts + (event.dur ?? 0) <= end)
      .sort((a, b) => (b.dur ?? 0) - (a.dur ?? 0))
      // Steps contain steps of their own kind.
      .filter(({ name }, at, all) => all.findIndex((event) => event.name === name) === at)
      .slice(0, SHOWN_PARTS)
      .map(({ name, dur = 0, tdur = 0 }) => `${name} ${Math.round(dur / 1000)} ms (CPU ${Math.round(tdur / 1000)} ms)`)
  );
}

/** The events of a trace in the browser's format. */
export function parseTrace(text: string): readonly TraceEvent[] {
  // Written by the browser; events of other shapes lack the required fields and are skipped.
  const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] };
  return traceEvents;
}
