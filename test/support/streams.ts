/** Streams over a manual clock, and viewers that record what they get. */

import type { ModelSpec } from '../../server/contracts/model.js';
import type { StreamEvent } from '../../server/contracts/stream-events.js';
import type { SharedEvent, ViewerSink } from '../../server/contracts/streams.js';
import { MemoryBroker } from '../../server/streams/memory-broker.js';
import { Streams, type StreamsOptions } from '../../server/streams/streams.js';
import { ManualClock } from '../../server/testing/manual-clock.js';
import type { CastFrame, ReceiptParts, StreamItem } from '../../shared/index.js';
import { parseSubscribe } from '../../shared/parse-stream.js';

export const STREAM_OPTIONS: StreamsOptions = {
  maxStreams: 4,
  streamIdleMs: 60_000,
  maxSubscriptions: 3,
  maxViewerBytes: 1000,
  slowViewerMs: 5000,
};

const LABELS = ['negative', 'neutral', 'positive'];

export function makeSpec(name = 'mood', version = '1'): ModelSpec {
  return {
    name,
    version,
    ref: `${name}@${version}`,
    inputs: [{ name: 'text', dtype: 'string', shape: [] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [3] }],
    labels: LABELS,
    maxTextLength: 100,
  };
}

/** A multiple of every window's length. */
export const WALL = 1_800_000_000_000;

/** One connection's view: the events it was sent, and how much of them is unread. */
export class TestViewer implements ViewerSink {
  readonly events: { readonly name: SharedEvent['name']; readonly payload: never; readonly json: string }[] = [];
  readonly shared: SharedEvent[] = [];
  unreadBytes = 0;
  /** False leaves everything sent unread. */
  isReading = true;

  send(event: SharedEvent): void {
    this.shared.push(event);
    this.events.push({ name: event.name, payload: JSON.parse(event.json) as never, json: event.json });
    if (!this.isReading) this.unreadBytes += event.json.length;
  }

  /** Payloads of the events with this name. */
  of<T>(name: SharedEvent['name']): T[] {
    return this.events.filter((event) => event.name === name).map(({ payload }) => payload as T);
  }

  get items(): StreamItem[] {
    return this.of<CastFrame>('cast').flatMap(({ items }) => items);
  }

  get offsets(): number[] {
    return this.items.map(({ offset }) => offset);
  }

  get skipped(): number {
    return this.of<CastFrame>('cast').reduce((sum, { skipped }) => sum + skipped, 0);
  }
}

interface TestStreamsOptions extends Partial<StreamsOptions> {
  /** @default 10 */
  readonly maxStreamItems?: number;
  /** @default 1 MiB */
  readonly maxStreamBytes?: number;
  /** @default none */
  readonly maxStreamAgeMs?: number;
}

export class TestStreams {
  readonly clock = new ManualClock();
  readonly log: StreamEvent[] = [];
  readonly streams: Streams;
  /** By how much the wall clock was set, forward or back. */
  wallStepMs = 0;
  #epochs = 0;

  constructor({ maxStreamItems = 10, maxStreamBytes = 1 << 20, maxStreamAgeMs, ...changes }: TestStreamsOptions = {}) {
    const broker = new MemoryBroker({
      clock: this.clock,
      wallNow: () => WALL + this.clock.now() + this.wallStepMs,
      mark: 'hub1',
      nonce: () => `e${++this.#epochs}`,
      maxItems: maxStreamItems,
      maxBytes: maxStreamBytes,
      maxAgeMs: maxStreamAgeMs,
    });
    this.streams = new Streams({
      clock: this.clock,
      broker,
      random: () => 0.5,
      options: { ...STREAM_OPTIONS, ...changes },
      listener: (event) => this.log.push(event),
      watch: () => {},
    });
  }

  /** Publishes this many predictions; the score of `positive` is 0.5, the label positive. */
  publish(count = 1, stream = 's', receipt?: ReceiptParts): void {
    const target = this.streams.open(stream, makeSpec());
    if ('code' in target) throw new Error(target.message);
    for (let i = 0; i < count; i++) {
      target.publish(
        { prediction: [0.25, 0.25, 0.5], model: 'mood@1', label: 'positive', score: 0.5 },
        { from: 'me', id: undefined, row: undefined, text: 'so good', receipt },
      );
    }
  }

  /** Subscribes a new viewer; throws the refusal. */
  view(request: object = {}, viewer = new TestViewer()): TestViewer {
    this.subscribe(request, viewer);
    return viewer;
  }

  subscribe(request: object, viewer: TestViewer) {
    const plan = parseSubscribe({ stream: 's', ...request });
    if (!plan.ok) throw new Error(plan.error.message);
    const views = this.streams.views(viewer);
    const outcome = views.subscribe(plan.value);
    if ('code' in outcome) throw new Error(outcome.code);
    outcome.begin();
    return { views, subscribed: outcome.subscribed };
  }
}
