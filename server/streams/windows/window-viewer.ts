/**
 * A viewer of windows, in mode `aggregate`: the last window it was sent, and how it catches up when it is out of step.
 */

import type { SubscribePlan } from '../../../shared/parse-stream.js';
import type { StreamPosition } from '../../../shared/stream-protocol.js';
import type { SharedEvent, ViewerSink } from '../../contracts/streams.js';
import { gapEvent, type StreamIdentity } from '../shared-events.js';
import { Viewer, type ViewerLimits } from '../viewer.js';
import type { ClosedWindow, WindowTally } from './window-tally.js';

/** What a window viewer needs from its stream. */
export interface WindowSource extends StreamIdentity {
  readonly tally: WindowTally;
  /** A frame with these windows. */
  frame(skipped: number, windows: readonly string[]): SharedEvent;
}

/** Minimum interval between frames of a hidden viewer, in milliseconds. */
const HIDDEN_FRAME_MS = 1000;
/** A timer may fire slightly early. */
const SLACK_MS = 50;

/** How a viewer was served a window: its frame, one with others, later by its own choice, or later since it is behind. */
export type Served = 'alone' | 'with others' | 'not now' | 'behind';

export class WindowViewer extends Viewer {
  readonly plan: SubscribePlan;
  #source: WindowSource | undefined;
  /** Number of the last window sent or skipped. */
  #sent = Number.NEGATIVE_INFINITY;
  #sentOffset = 0;
  /** To be sent before anything else. */
  #gap: SharedEvent | undefined;
  /** When it was last sent a frame, on the core's clock. */
  #frameAt = Number.NEGATIVE_INFINITY;

  constructor(plan: SubscribePlan, sink: ViewerSink, limits: ViewerLimits) {
    super(plan.stream, sink, limits);
    this.plan = plan;
  }

  leave(): void {
    this.#source = undefined;
    this.#sent = Number.NEGATIVE_INFINITY;
    this.#sentOffset = 0;
    this.#gap = undefined;
  }

  get position(): StreamPosition | undefined {
    return this.#source && { epoch: this.#source.epoch, offset: this.#sentOffset };
  }

  /** The stream exists. The viewer is owed its last `history` windows, and all later ones. */
  enter(source: WindowSource, history: number): void {
    const { closed, startOffset } = source.tally;
    const last = closed.at(-1 - history);
    this.#source = source;
    this.#sent = last?.number ?? Number.NEGATIVE_INFINITY;
    this.#sentOffset = last?.window.offset ?? (closed[0] === undefined ? startOffset : source.tally.coveredFrom);
  }

  /**
   * The stream exists, and the viewer has seen it up to this offset: later windows are owed; items in no retained
   * window are a gap.
   */
  resume(source: WindowSource, offset: number): void {
    this.#source = source;
    const { name: stream, epoch, tally } = source;
    this.#sentOffset = offset;
    const { coveredFrom } = tally;
    if (offset < coveredFrom) {
      const [from, to] = [offset + 1, coveredFrom];
      this.#gap = gapEvent({ stream, epoch, reason: 'evicted', missed: to - from + 1, from, to });
      this.#sentOffset = to;
    }
    // The viewer may have seen empty windows after the offset: a client recognises those by their time.
    const next = tally.closed.find(
      ({ window }) => window.offset > offset || (window.offset === offset && window.count === 0),
    );
    const last = next === undefined ? tally.closed.at(-1) : undefined;
    this.#sent = next === undefined ? (last?.number ?? Number.NEGATIVE_INFINITY) : next.number - 1;
  }

  /** A window was closed; `event` holds only that window. */
  serve(closed: ClosedWindow, event: SharedEvent, now: number): Served {
    if (this.paused || this.ended) return 'not now';
    if (this.hidden && now - this.#frameAt < HIDDEN_FRAME_MS - SLACK_MS) return 'not now';
    const aligned = closed.number === 0 || this.#sent === closed.number - 1;
    if (!aligned) return this.catchUp(now) ? 'with others' : 'behind';
    if (this.readiness(now) !== 'ready') return 'behind';
    this.#served(closed, now);
    this.send(event);
    return 'alone';
  }

  catchUp(now: number): boolean {
    const source = this.#source;
    if (source === undefined || this.paused || this.ended) return true;
    if (this.#gap !== undefined) {
      this.send(this.#gap);
      this.#gap = undefined;
    }
    const owed = source.tally.closed.filter(({ number }) => number > this.#sent);
    const [first, last] = [owed[0], owed.at(-1)];
    if (first === undefined || last === undefined) return true;
    if (this.readiness(now) !== 'ready') return false;
    const missing = first.number - this.#sent - 1;
    const skipped = Number.isFinite(missing) ? missing : 0;
    this.#served(last, now);
    this.send(
      source.frame(
        skipped,
        owed.map(({ json }) => json),
      ),
    );
    return true;
  }

  #served({ number, window }: ClosedWindow, now: number): void {
    this.#sent = number;
    this.#sentOffset = window.offset;
    this.#frameAt = now;
  }
}
