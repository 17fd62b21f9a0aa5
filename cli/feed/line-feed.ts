/**
 * One run: reads lines at the pace of the options and of the hub, publishes them, and waits for the answers. Knows no
 * terminal and no signals.
 */

import { machineClock } from './clock.js';
import { FeedHub } from './feed-hub.js';
import { LineCounts } from './line-counts.js';
import { fileProblem, type LineSource } from './line-source.js';
import { textOf } from './line-text.js';
import type { FeedOptions } from './options.js';
import { Pacer } from './pacer.js';
import { Publisher } from './publisher.js';
import { SendWindow } from './send-window.js';
import type { FeedState } from './words.js';

export interface LineFeedSignals {
  /** Stops reading. */
  readonly stop: AbortSignal;
  /** Stops everything. */
  readonly ended: AbortSignal;
}

/** Maximum unanswered lines, unless the hub's credit is less. */
const MOST_OPEN = 1_000;

export class LineFeed {
  readonly lineCounts = new LineCounts(machineClock.now());
  readonly #options: FeedOptions;
  readonly #source: LineSource;
  readonly #signals: LineFeedSignals;
  readonly #hub: FeedHub;
  readonly #window = new SendWindow();
  #wholeInput = false;

  constructor(options: FeedOptions, source: LineSource, signals: LineFeedSignals) {
    this.#options = options;
    this.#source = source;
    this.#signals = signals;
    this.#hub = new FeedHub({ ...options, ended: signals.ended });
  }

  /** Waits for the hub. Resolves with undefined, or why lines cannot be published to it. */
  ready(): Promise<string | undefined> {
    return this.#hub.ready(this.#signals.stop);
  }

  get maxTextLength(): number {
    return this.#hub.limits?.maxTextLength ?? 0;
  }

  get state(): FeedState {
    return { connection: this.#hub.state, inFlight: this.#window.open, share: this.#share };
  }

  /** True when everything to publish was answered. */
  get complete(): boolean {
    const { sent, answered } = this.lineCounts;
    return answered === sent && (this.#wholeInput || this.#source.endless);
  }

  /**
   * Runs until the input, a limit or a signal ends it, then until everything is answered. Resolves with a problem of
   * the input, if any.
   */
  async run(): Promise<string | undefined> {
    this.lineCounts.begin(machineClock.now());
    const problem = await this.#read().catch((cause: unknown) => fileProblem(this.#source.name, cause));
    await this.#window.empty(this.#signals.ended);
    this.#hub.close();
    // Recent rejections are recorded before anybody reads the counts.
    await this.#window.empty(AbortSignal.timeout(1_000));
    return problem;
  }

  async #read(): Promise<undefined> {
    const { rate, limit = Number.POSITIVE_INFINITY, json } = this.#options;
    const { stop, ended } = this.#signals;
    const { lineCounts } = this;
    const pacer = new Pacer(rate, machineClock);
    const publisher = new Publisher({ hub: this.#hub, lineCounts, clock: machineClock, random: Math.random, ended });
    const capacity = (): number => Math.min(MOST_OPEN, this.#hub.limits?.maxInFlightRows ?? 1);
    let sentBefore = 0;
    for await (const line of this.#source.read(stop)) {
      // The file starts over: if it contains no text at all, it would do so for ever.
      if (line.endBytes <= lineCounts.readBytes) {
        if (lineCounts.sent === sentBefore) break;
        sentBefore = lineCounts.sent;
      }
      const read = textOf(line, this.maxTextLength, json);
      if (read.kind === 'text') {
        await pacer.pass(stop);
        if (!(await this.#window.enter(capacity, stop))) return;
        void publisher.publish(read.text).finally(() => this.#window.leave());
        if (read.cut) lineCounts.cut += 1;
      } else {
        lineCounts[read.kind] += 1;
      }
      lineCounts.readBytes = line.endBytes;
      if (lineCounts.sent >= limit) break;
    }
    this.#wholeInput = !stop.aborted;
  }

  /** Fraction of the lines that are done, as far as bytes or a limit tell. */
  get #share(): number | undefined {
    const { limit } = this.#options;
    const { sent, readBytes } = this.lineCounts;
    const { sizeBytes } = this.#source;
    const shares = [
      ...(limit === undefined ? [] : [sent / limit]),
      ...(sizeBytes === undefined || sizeBytes === 0 ? [] : [readBytes / sizeBytes]),
    ];
    return shares.length === 0 ? undefined : Math.min(1, Math.max(...shares));
  }
}
