/**
 * One run of the demo: hub, feed, view, and the order in which they end. Owns the processes; knows no arguments and no
 * signals.
 */

import { FeedProcess } from './feed-process.js';
import { type BatchTotals, HubProcess, USUAL_PORT } from './hub-process.js';
import type { DemoOptions } from './options.js';
import { Tally } from './view/tally.js';
import type { View } from './view/view.js';

/** How a demo ended: `problem` is undefined when it was asked to end, and ended in order. */
export interface DemoOutcome {
  readonly problem: string | undefined;
  /** Undefined when it never started sending. */
  readonly tally: Tally | undefined;
}

/** How often the hub is asked for its batch totals, in milliseconds. */
const TOTALS_EVERY_MS = 1_000;
/** How long the feed waits for its last answers, in milliseconds. */
const LAST_ANSWERS_MS = 3_000;

export class Demo {
  readonly #options: DemoOptions;
  readonly #view: View;
  #hub: HubProcess | undefined;
  #feed: FeedProcess | undefined;

  constructor(options: DemoOptions, view: View) {
    this.#options = options;
    this.#view = view;
  }

  /**
   * Runs until `stop`, until the time is over or until something breaks; then ends the feed, drains the hub and reports
   * how it went.
   */
  async run(stop: AbortSignal): Promise<DemoOutcome> {
    const hub = await HubProcess.start(this.#options.port, (line) => this.#view.log(line));
    this.#hub = hub;
    const stopped = new Promise<undefined>((resolve) => {
      if (stop.aborted) resolve(undefined);
      stop.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const starting = new AbortController();
    const waited = await Promise.race([
      hub.ready(starting.signal).then((problem) => ({ ready: problem === undefined, problem })),
      hub.failed.then((problem) => ({ ready: false, problem })),
      stopped.then(() => ({ ready: false, problem: undefined })),
    ]);
    starting.abort();
    if (!waited.ready) {
      await hub.end();
      return { problem: waited.problem, tally: undefined };
    }
    return this.#watch(hub, stopped);
  }

  /** Kills what still runs, when the main process cannot wait. */
  kill(): void {
    this.#feed?.kill();
    this.#hub?.kill();
  }

  async #watch(hub: HubProcess, stopped: Promise<undefined>): Promise<DemoOutcome> {
    const { rate, port, seed, duration: durationSeconds } = this.#options;
    const view = this.#view;
    const tally = new Tally(performance.now());
    // No port was requested, and the usual one was taken.
    view.begin(hub.url, port === undefined && hub.port !== USUAL_PORT ? USUAL_PORT : undefined);
    const feed = new FeedProcess({
      url: hub.url,
      rate,
      seed,
      onReport: (report) => tally.addReport(report, performance.now()),
      onLog: (line) => view.log(line),
    });
    this.#feed = feed;
    const addTotals = (totals: BatchTotals | undefined): void => {
      if (totals !== undefined) tally.addTotals(totals, performance.now());
    };
    const timers = [
      setInterval(() => {
        tally.tick(performance.now());
        view.update(tally);
      }, view.everyMs),
      setInterval(() => void hub.totals().then(addTotals), TOTALS_EVERY_MS),
    ];
    const over = new Promise<undefined>((resolve) => {
      if (durationSeconds !== undefined) timers.push(setTimeout(() => resolve(undefined), durationSeconds * 1000));
    });

    let problem = await Promise.race([stopped, over, hub.failed, feed.failed]);

    for (const timer of timers) clearTimeout(timer);
    // Without a hub there is no answer to wait for.
    const feedEnd = await feed.end(problem === undefined ? LAST_ANSWERS_MS : 0);
    addTotals(await hub.totals());
    const hubEnd = await hub.end();
    if (feedEnd.forced || feedEnd.code !== 0)
      problem ??= `the feed did not end in good order (${feedEnd.code ?? 'killed'})`;
    if (hubEnd.forced || hubEnd.code !== 0)
      problem ??= `the hub did not drain in good order (${hubEnd.code ?? 'killed'})`;
    return { problem, tally };
  }
}
