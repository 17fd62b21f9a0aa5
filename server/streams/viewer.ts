/**
 * One subscription as its stream sees it: whether it may be sent something now. A viewer that does not read is first
 * skipped, and gets the newest when it reads again; after a while it is cut. Knows no frames.
 */

import type { StreamPosition } from '../../shared/stream-protocol.js';
import type { SharedEvent, ViewerSink } from '../contracts/streams.js';

export interface ViewerLimits {
  /** Unread bytes of its connection above which a viewer is sent nothing. @default 256 KiB */
  readonly maxViewerBytes: number;
  /** How long it may exceed that before it is cut, in milliseconds. @default 10000 */
  readonly slowViewerMs: number;
}

/** Time between two looks counts up to this, in milliseconds: a hub that stood still has not seen what was read. */
const MOST_BETWEEN_LOOKS_MS = 1_000;

/** `behind`: too many unread bytes. `cut`: behind for too long. */
export type Readiness = 'ready' | 'behind' | 'cut';

export abstract class Viewer {
  readonly stream: string;
  /** Called once, when the viewer did not read for too long: ends its subscription. */
  onCut: () => void = () => {};
  readonly #sink: ViewerSink;
  readonly #limits: ViewerLimits;
  /** The viewer asked for a pause. */
  paused = false;
  /** The viewer's page is hidden. */
  hidden = false;
  /** The subscription has ended. */
  ended = false;
  /** How long it had been behind when that ended, in milliseconds; 0 once it has caught up. */
  protected wasBehindMs = 0;
  #slowMs = 0;
  #lookedAt: number | undefined;

  constructor(stream: string, sink: ViewerSink, limits: ViewerLimits) {
    this.stream = stream;
    this.#sink = sink;
    this.#limits = limits;
  }

  /** The last position served, once the stream exists. */
  abstract get position(): StreamPosition | undefined;

  /** The stream is gone: it starts afresh with the next one of this name. */
  abstract leave(): void;

  /** Sends what is owed and can be sent now. True when nothing more is owed. */
  abstract catchUp(now: number): boolean;

  /** Whether it can be served at this time, on the core's clock. */
  readiness(now: number): Readiness {
    if (this.#sink.unreadBytes <= this.#limits.maxViewerBytes) {
      this.wasBehindMs = Math.max(this.wasBehindMs, this.#slowMs);
      this.#forgive();
      return 'ready';
    }
    this.#slowMs += Math.min(now - (this.#lookedAt ?? now), MOST_BETWEEN_LOOKS_MS);
    this.#lookedAt = now;
    return this.#slowMs > this.#limits.slowViewerMs ? 'cut' : 'behind';
  }

  /** Pauses or resumes frames. Bytes unread before say nothing about its reading after. */
  pause(paused: boolean): void {
    this.paused = paused;
    this.#forgive();
    this.wasBehindMs = 0;
  }

  #forgive(): void {
    this.#slowMs = 0;
    this.#lookedAt = undefined;
  }

  send(event: SharedEvent): void {
    this.#sink.send(event);
  }
}
