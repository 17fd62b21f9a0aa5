/**
 * One subscription as its stream sees it: whether it may be sent something now. A viewer that does not read is first left out, and
 * so gets the newest when it reads again; after a while it is cut. Knows no frames.
 */

import type { StreamPosition } from '../../shared/stream-protocol.js';
import type { SharedEvent, ViewerSink } from '../contracts/streams.js';

export interface ViewerLimits {
  /** Unread bytes of its connection above which a viewer is sent nothing more. @default 256 KiB */
  readonly maxViewerBytes: number;
  /** How long it may stay there before it is cut, in milliseconds. @default 10000 */
  readonly slowViewerMs: number;
}

/** `behind`: it has unread bytes enough. `cut`: for too long. */
export type Readiness = 'ready' | 'behind' | 'cut';

export abstract class Viewer {
  readonly stream: string;
  /** Called once, when the viewer did not read for too long: ends its subscription. */
  onCut: () => void = () => {};
  readonly #sink: ViewerSink;
  readonly #limits: ViewerLimits;
  /** The viewer asked for no frames. */
  paused = false;
  /** Nobody can see it. */
  hidden = false;
  /** Its subscription is over. */
  ended = false;
  /** How long it did not read when that was over last, in milliseconds; 0 once it has caught up. */
  protected wasBehindMs = 0;
  #slowSince: number | undefined;

  constructor(stream: string, sink: ViewerSink, limits: ViewerLimits) {
    this.stream = stream;
    this.#sink = sink;
    this.#limits = limits;
  }

  /** How far it was served, once the stream is there. */
  abstract get position(): StreamPosition | undefined;

  /** Sends whatever is owed and can be sent at this time. True when nothing is owed any more. */
  abstract catchUp(now: number): boolean;

  /** Whether it takes something at this time, on the core's clock. */
  readiness(now: number): Readiness {
    if (this.#sink.unreadBytes <= this.#limits.maxViewerBytes) {
      if (this.#slowSince !== undefined) this.wasBehindMs = Math.max(this.wasBehindMs, now - this.#slowSince);
      this.#slowSince = undefined;
      return 'ready';
    }
    this.#slowSince ??= now;
    return now - this.#slowSince > this.#limits.slowViewerMs ? 'cut' : 'behind';
  }

  /** Holds frames back, or goes on. What it had unread before says nothing of how it reads after. */
  pause(paused: boolean): void {
    this.paused = paused;
    this.#slowSince = undefined;
    this.wasBehindMs = 0;
  }

  send(event: SharedEvent): void {
    this.#sink.send(event);
  }
}
