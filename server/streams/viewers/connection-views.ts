/** The subscriptions of one connection: at most one per stream. Does not know how a stream serves them. */

import { type WireError, wireError } from '../../../shared/errors.js';
import type { SubscribePlan } from '../../../shared/parse-stream.js';
import type { PaceRequest, StreamGap, StreamPosition, Subscribed } from '../../../shared/stream-protocol.js';
import type { StreamEvent } from '../../contracts/stream-events.js';
import type { ConnectionSubscriptions, ViewerSink } from '../../contracts/streams.js';
import { gapEvent, unsubscribedEvent } from '../shared-events.js';
import type { Stream } from '../stream.js';
import type { ViewerLimits } from '../viewer.js';
import { WindowViewer } from '../windows/window-viewer.js';
import type { StreamAges } from './ages.js';
import { ItemViewer } from './item-viewer.js';

/** What it needs from the hub's streams. */
export interface ViewedStreams {
  readonly options: ViewerLimits & { readonly maxSubscriptions: number };
  readonly counts: { skippedItems: number; slowViewers: number };
  readonly ages: StreamAges;
  find(name: string): Stream | undefined;
  /** What a viewer at that position has missed for good. */
  gapOf(name: string, position: StreamPosition): StreamGap | undefined;
  add(viewer: ItemViewer | WindowViewer): void;
  remove(viewer: ItemViewer | WindowViewer): void;
}

export class ConnectionViews implements ConnectionSubscriptions {
  readonly #streams: ViewedStreams;
  readonly #sink: ViewerSink;
  readonly #watch: (on: boolean) => void;
  readonly #listener: (event: StreamEvent) => void;
  readonly #viewers = new Map<string, ItemViewer | WindowViewer>();
  #hidden = false;

  constructor(
    streams: ViewedStreams,
    sink: ViewerSink,
    watch: (on: boolean) => void,
    listener: (event: StreamEvent) => void,
  ) {
    this.#streams = streams;
    this.#sink = sink;
    this.#watch = watch;
    this.#listener = listener;
  }

  subscribe(plan: SubscribePlan): { readonly subscribed: Subscribed; readonly begin: () => void } | WireError {
    const { stream: name, mode, position } = plan;
    const { maxSubscriptions } = this.#streams.options;
    if (this.#viewers.has(name)) {
      const message = `this connection has a subscription to "${name}"; it goes on. To change it, unsubscribe first`;
      return wireError('ALREADY_SUBSCRIBED', message);
    }
    if (this.#viewers.size >= maxSubscriptions) {
      const message = `this connection has ${maxSubscriptions} subscriptions, as many as it may; unsubscribe one first`;
      return wireError('TOO_MANY_STREAMS', message);
    }
    const limits = this.#streams.options;
    const viewer =
      mode === 'aggregate'
        ? new WindowViewer(plan, this.#sink, limits)
        : new ItemViewer(plan, this.#sink, limits, this.#streams);
    viewer.hidden = this.#hidden;
    viewer.onCut = () => this.#cut(viewer);
    this.#viewers.set(name, viewer);
    const gap = position && this.#streams.gapOf(name, position);
    this.#streams.add(viewer);

    const stream = this.#streams.find(name);
    const subscribed: Subscribed = {
      stream: name,
      mode,
      ...(viewer.position === undefined ? {} : { position: viewer.position }),
      ...(stream === undefined ? {} : { model: stream.model, labels: stream.labels }),
    };
    const begin = (): void => {
      if (gap !== undefined) viewer.send(gapEvent(gap));
      stream?.settle(viewer);
    };
    return { subscribed, begin };
  }

  unsubscribe(stream: string): WireError | undefined {
    const viewer = this.#viewers.get(stream);
    if (viewer === undefined) return notSubscribed(stream);
    this.#end(viewer);
    return undefined;
  }

  pace({ hidden, stream, paused }: PaceRequest): WireError | undefined {
    if (hidden !== undefined) this.#setHidden(hidden);
    if (paused === undefined || stream === undefined) return undefined;
    const viewer = this.#viewers.get(stream);
    if (viewer === undefined) return notSubscribed(stream);
    viewer.pause(paused);
    if (paused) return undefined;
    // Without a pace of its own it asked for every item, and gets those published meanwhile.
    if (viewer instanceof ItemViewer) {
      viewer.exact = viewer.rate === undefined;
      viewer.look();
    }
    this.#streams.find(stream)?.settle(viewer);
    return undefined;
  }

  watch(on: boolean): void {
    this.#watch(on);
  }

  close(): void {
    this.#watch(false);
    for (const viewer of [...this.#viewers.values()]) this.#end(viewer);
  }

  #setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    for (const viewer of this.#viewers.values()) {
      if (viewer.hidden === hidden) continue;
      viewer.hidden = hidden;
      const stream = this.#streams.find(viewer.stream);
      if (viewer instanceof ItemViewer) {
        if (!hidden) viewer.look();
        stream?.repace(viewer);
      }
      // Visible again: sends what it missed, as far as its pace allows.
      if (!hidden) stream?.settle(viewer);
    }
  }

  #cut(viewer: ItemViewer | WindowViewer): void {
    const { stream, position } = viewer;
    const { slowViewerMs, maxViewerBytes } = this.#streams.options;
    const message = `the viewer left more than ${maxViewerBytes} bytes unread for ${slowViewerMs} ms; subscribe again, with a maxRate or in mode "aggregate"`;
    const error = wireError('SLOW_VIEWER', message);
    this.#streams.counts.slowViewers += 1;
    this.#end(viewer);
    viewer.send(unsubscribedEvent({ ...error, stream, ...(position === undefined ? {} : { position }) }));
    this.#listener({ type: 'viewer-cut', stream, message });
  }

  #end(viewer: ItemViewer | WindowViewer): void {
    this.#viewers.delete(viewer.stream);
    this.#streams.remove(viewer);
  }
}

function notSubscribed(stream: string): WireError {
  return wireError('NOT_SUBSCRIBED', `this connection has no subscription to "${stream}"; subscribe first`);
}
