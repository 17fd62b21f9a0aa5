/** What the bench of the page measures, as it comes. Types only. */

import type { LongTask } from './trace.js';

/** Of the main thread, over one part of the measured time. */
export interface Stretch {
  readonly seconds: number;
  /** Wall time of its tasks, as the browser counts it. */
  readonly taskSeconds: number;
  readonly scriptSeconds: number;
  readonly layoutSeconds: number;
  readonly styleSeconds: number;
  /** CPU time that it had. */
  readonly cpuSeconds: number;
  /** While it could have run and had no core. */
  readonly waitSeconds: number;
  readonly tasks: number;
  /** By wall time; which of them are long by CPU time is in each. */
  readonly longTasks: readonly LongTask[];
  /** As a page counts them itself, by wall time. */
  readonly observedLongTasks: number;
  /** Of each whole second. */
  readonly frames: readonly number[];
  /** Predictions that were answered to the publisher meanwhile. */
  readonly published: number;
  /** By how much the offset that the page shows went on. */
  readonly offsets: number;
  /** The trace had to leave events out. */
  readonly isTraceCut: boolean;
}

/** After a collection of garbage. */
export interface HeapSample {
  readonly atSeconds: number;
  /** JavaScript's objects, the DOM's, and the memory of typed arrays together. */
  readonly bytes: number;
  readonly scriptBytes: number;
  readonly domBytes: number;
  readonly arrayBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** What the page says of itself. */
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
  /** Items at all viewers together. */
  readonly viewed: number;
  readonly viewerGaps: number;
  readonly viewerSkipped: number;
  /** Cores in use, by whom. */
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
  readonly load: LoadFigures;
  /** Errors of the page's scripts and console. */
  readonly problems: readonly string[];
}
