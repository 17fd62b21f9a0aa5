/** One stream of a fake hub: what was published, who views it, and what each viewer has been sent. */

import { type ErrorCode, wireError } from '../../shared/errors.js';
import { MAX_FRAME_ITEMS, MAX_HISTORY } from '../../shared/limits.js';
import type { SubscribePlan } from '../../shared/parse-stream.js';
import type {
  StreamDescription,
  StreamGap,
  StreamItem,
  StreamPosition,
  StreamWindow,
  Subscribed,
} from '../../shared/stream-protocol.js';
import type { StreamEventName } from '../connection/socket-io.js';

/** Sends one event to one connection. */
export type SendEvent = (event: StreamEventName, payload: unknown) => void;

interface Viewer {
  readonly plan: SubscribePlan;
  readonly send: SendEvent;
  /** Offset of the last item sent, or of the last window. */
  offset: number;
  paused: boolean;
}

export class FakeStream {
  readonly name: string;
  readonly epoch: string;
  readonly #model: string;
  readonly #viewers = new Map<object, Viewer>();
  #offset = 0;
  #items: StreamItem[] = [];
  #windows: StreamWindow[] = [];
  #lastAt = 0;

  constructor(name: string, epoch: string, model: string) {
    this.name = name;
    this.epoch = epoch;
    this.#model = model;
  }

  get description(): StreamDescription {
    const { name: stream, epoch } = this;
    const viewers = this.#viewers.size;
    return { stream, epoch, offset: this.#offset, model: this.#model, rate: 0, viewers, lastAt: this.#lastAt };
  }

  publish(at: number, given: Partial<StreamItem>): void {
    this.#offset += 1;
    this.#lastAt = at;
    const item = { at, from: 'fake', prediction: [0], model: this.#model, ...given, offset: this.#offset };
    this.#items = [...this.#items, item].slice(-MAX_HISTORY);
    for (const viewer of this.#viewers.values()) this.#feed(viewer);
  }

  publishWindow(at: number, given: Partial<StreamWindow>): void {
    const count = given.count ?? 0;
    this.#offset += count;
    this.#lastAt = at;
    const window = { at, failed: 0, rate: count, labels: {}, ...given, count, offset: this.#offset };
    this.#windows = [...this.#windows, window].slice(-MAX_HISTORY);
    for (const viewer of this.#viewers.values())
      if (viewer.plan.mode === 'aggregate' && !viewer.paused) this.#sendWindows(viewer, [window]);
  }

  /** The next `missed` items are lost before anybody was sent them. */
  gap(missed: number): void {
    this.#offset += missed;
    for (const viewer of this.#viewers.values()) this.#evicted(viewer, this.#offset);
  }

  /** `connection` views the stream from now on. The result is the hub's answer; call `begin` after it was sent. */
  view(
    connection: object,
    plan: SubscribePlan,
    send: SendEvent,
  ): { readonly answer: Subscribed; readonly begin: () => void } {
    const { epoch, name: stream } = this;
    const kept = plan.position?.epoch === epoch ? plan.position : undefined;
    const past = plan.mode === 'aggregate' ? this.#windows : this.#items;
    const history = plan.history === 0 ? [] : past.slice(-plan.history);
    const first = history[0];
    const before = first === undefined ? this.#offset : first.offset - ('count' in first ? first.count : 1);
    const viewer: Viewer = { plan, send, offset: kept?.offset ?? before, paused: false };
    this.#viewers.set(connection, viewer);
    const position: StreamPosition = { epoch, offset: viewer.offset };
    const answer = { stream, mode: plan.mode, ...(this.#offset > 0 && { position, model: this.#model }) };
    const begin = (): void => {
      if (plan.position !== undefined && kept === undefined)
        send('gap', { stream, epoch, reason: 'restarted', missed: null } satisfies StreamGap);
      this.#feed(viewer);
    };
    return { answer, begin };
  }

  leave(connection: object): boolean {
    return this.#viewers.delete(connection);
  }

  pause(connection: object, paused: boolean): void {
    const viewer = this.#viewers.get(connection);
    if (viewer === undefined) return;
    viewer.paused = paused;
    this.#feed(viewer);
  }

  /** Ends every subscription with this error. */
  end(code: ErrorCode, message: string): void {
    for (const { send, offset } of this.#viewers.values())
      send('unsubscribed', { ...wireError(code, message), stream: this.name, position: { epoch: this.epoch, offset } });
    this.#viewers.clear();
  }

  /** Sends what the viewer has not been sent, and tells it what is no longer kept. */
  #feed(viewer: Viewer): void {
    if (viewer.paused) return;
    if (viewer.plan.mode === 'aggregate') {
      this.#sendWindows(
        viewer,
        this.#windows.filter(({ offset }) => offset > viewer.offset),
      );
      return;
    }
    const owed = this.#items.filter(({ offset }) => offset > viewer.offset);
    const [oldest] = owed;
    if (oldest !== undefined && oldest.offset > viewer.offset + 1) this.#evicted(viewer, oldest.offset - 1);
    const shown = viewer.plan.mode === 'sample' ? owed.slice(-1) : owed;
    for (let i = 0; i < shown.length; i += MAX_FRAME_ITEMS) {
      const items = shown.slice(i, i + MAX_FRAME_ITEMS);
      const skipped = owed.length - shown.length;
      viewer.send('cast', { stream: this.name, epoch: this.epoch, skipped, items });
    }
    viewer.offset = owed.at(-1)?.offset ?? viewer.offset;
  }

  #sendWindows(viewer: Viewer, windows: readonly StreamWindow[]): void {
    const last = windows.at(-1);
    if (last === undefined) return;
    const { windowMs } = viewer.plan;
    viewer.send('aggregate', {
      ...{ stream: this.name, epoch: this.epoch, windowMs, model: this.#model, skipped: 0, windows },
    });
    viewer.offset = last.offset;
  }

  #evicted(viewer: Viewer, to: number): void {
    if (viewer.paused || to <= viewer.offset) return;
    const { name: stream, epoch } = this;
    const from = viewer.offset + 1;
    viewer.send('gap', { stream, epoch, reason: 'evicted', missed: to - viewer.offset, from, to } satisfies StreamGap);
    viewer.offset = to;
  }
}
