/** Raw measurements of the page bench. Types only. */

import type { LongTask } from './trace.js';

/** The main thread over one part of the measured time. */
export interface Stretch {
  readonly seconds: number;
  /** Wall time of its tasks, as counted by the browser. */
  readonly taskSeconds: number;
  readonly scriptSeconds: number;
  readonly layoutSeconds: number;
  readonly styleSeconds: number;
  /** CPU time it got. */
  readonly cpuSeconds: number;
  /** Time it was ready to run but had no core. */
  readonly waitSeconds: number;
  readonly tasks: number;
  /** By wall time; each states whether it is long by CPU time. */
  readonly longTasks: readonly LongTask[];
  /** As the page itself counts them, by wall time. */
  readonly observedLongTasks: number;
  /** Per whole second. */
  readonly frames: readonly number[];
  /** Predictions answered to the publisher meanwhile. */
  readonly published: number;
  /** Advance of the offset shown by the page. */
  readonly offsets: number;
  /** The trace had to drop events. */
  readonly isTraceCut: boolean;
}

/** After a garbage collection. */
export interface HeapSample {
  readonly atSeconds: number;
  /** JavaScript objects, the DOM's, and typed-array memory together. */
  readonly bytes: number;
  readonly scriptBytes: number;
  readonly domBytes: number;
  readonly arrayBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** What the page displays about itself. */
export interface Sight {
  readonly state: string;
  readonly offset: number;
  readonly gaps: number;
  readonly reconnects: number;
  readonly skippedWindows: number;
}

/** Over all of the measured time, pauses for samples included. */
export interface LoadFigures {
  readonly seconds: number;
  /** Predictions answered to the publisher. */
  readonly published: number;
  readonly failed: number;
  /** Items received by all viewers together. */
  readonly viewed: number;
  readonly viewerGaps: number;
  readonly viewerSkipped: number;
  /** Cores in use, by process. */
  readonly cores: {
    readonly hub: number;
    readonly publisher: number;
    readonly viewers: number;
    readonly browser: number;
    readonly others: number;
  };
}

export interface PageFigures {
  readonly stretches: readonly Stretch[];
  readonly heap: readonly HeapSample[];
  readonly before: Sight;
  readonly after: Sight;
  /** From each key in the page's text field to its score, in milliseconds, under the same load. */
  readonly keyMs: readonly number[];
  readonly load: LoadFigures;
  /** Errors of the page's scripts and console. */
  readonly problems: readonly string[];
}
