/** One run: lines read at the pace of the options and of the hub, published, waited for. Knows no terminal and no signals. */

import { machineClock } from './clock.js';
import { HubLink } from './hub-link.js';
import { Ledger } from './ledger.js';
import { fileProblem, type LineSource } from './line-source.js';
import { textOf } from './line-text.js';
import type { FeedOptions } from './options.js';
import { Pacer } from './pacer.js';
import { Publisher } from './publisher.js';
import { SendWindow } from './send-window.js';
import type { FeedState } from './words.js';

export interface LineFeedSignals {
  /** Ends the reading. */
  readonly stop: AbortSignal;
  /** Ends everything. */
  readonly ended: AbortSignal;
}

/** Most lines unanswered at a time, where the hub's credit is not less. */
const MOST_OPEN = 1_000;

export class LineFeed {
  readonly ledger = new Ledger(machineClock.now());
  readonly #options: FeedOptions;
  readonly #source: LineSource;
  readonly #signals: LineFeedSignals;
  readonly #link: HubLink;
  readonly #window = new SendWindow();
  #wholeInput = false;

  constructor(options: FeedOptions, source: LineSource, signals: LineFeedSignals) {
    this.#options = options;
    this.#source = source;
    this.#signals = signals;
    this.#link = new HubLink({ ...options, ended: signals.ended });
  }

  /** Waits for the hub: undefined, or why lines cannot be published to it. */
  ready(): Promise<string | undefined> {
    return this.#link.ready(this.#signals.stop);
  }

  get maxTextLength(): number {
    return this.#link.limits?.maxTextLength ?? 0;
  }

  get state(): FeedState {
    return { connection: this.#link.state, inFlight: this.#window.open, share: this.#share };
  }

  /** True when all that was to be published is answered. */
  get complete(): boolean {
    const { sent, answered } = this.ledger;
    return answered === sent && (this.#wholeInput || this.#source.endless);
  }

  /** Until the input or a limit ends, or the signals; then until all is answered. What went wrong with the input, if anything. */
  async run(): Promise<string | undefined> {
    this.ledger.begin(machineClock.now());
    const problem = await this.#read().catch((cause: unknown) => fileProblem(this.#source.name, cause));
    await this.#window.empty(this.#signals.ended);
    this.#link.close();
    // What was rejected just now is entered before anybody reads the ledger.
    await this.#window.empty(AbortSignal.timeout(1_000));
    return problem;
  }

  async #read(): Promise<undefined> {
    const { rate, limit = Number.POSITIVE_INFINITY, json } = this.#options;
    const { stop, ended } = this.#signals;
    const { ledger } = this;
    const pacer = new Pacer(rate, machineClock);
    const publisher = new Publisher({ hub: this.#link, ledger, clock: machineClock, random: Math.random, ended });
    const capacity = (): number => Math.min(MOST_OPEN, this.#link.limits?.maxInFlightRows ?? 1);
    let sentBefore = 0;
    for await (const line of this.#source.read(stop)) {
      // The file has begun again: without a text in it, it would for ever.
      if (line.endBytes <= ledger.readBytes) {
        if (ledger.sent === sentBefore) break;
        sentBefore = ledger.sent;
      }
      const read = textOf(line, this.maxTextLength, json);
      if (read.kind === 'text') {
        await pacer.pass(stop);
        if (!(await this.#window.enter(capacity, stop))) return;
        void publisher.publish(read.text).finally(() => this.#window.leave());
        if (read.cut) ledger.cut += 1;
      } else {
        ledger[read.kind] += 1;
      }
      ledger.readBytes = line.endBytes;
      if (ledger.sent >= limit) break;
    }
    this.#wholeInput = !stop.aborted;
  }

  /** Of the lines that will be published, as far as bytes or a limit tell. */
  get #share(): number | undefined {
    const { limit } = this.#options;
    const { sent, readBytes } = this.ledger;
    const { sizeBytes } = this.#source;
    const shares = [
      ...(limit === undefined ? [] : [sent / limit]),
      ...(sizeBytes === undefined || sizeBytes === 0 ? [] : [readBytes / sizeBytes]),
    ];
    return shares.length === 0 ? undefined : Math.min(1, Math.max(...shares));
  }
}
