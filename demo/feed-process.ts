/** The feed as a child process, seen from the process that shows it. */

import { fileURLToPath } from 'node:url';
import { Child, type ChildEnd } from './child.js';
import { type FeedReport, type FeedStop, isFeedReport } from './feed-report.js';

export interface FeedPlan {
  readonly url: string;
  readonly rate: number;
  readonly seed: number;
  readonly onReport: (report: FeedReport) => void;
  readonly onLog: (line: string) => void;
}

/** Time beyond the wait for answers for the last report and the exit, in milliseconds. */
const END_MS = 2_000;

export class FeedProcess {
  readonly failed: Promise<string>;
  readonly #child: Child;

  constructor({ url, rate, seed, onReport, onLog }: FeedPlan) {
    this.#child = new Child({
      name: 'the feed',
      args: [fileURLToPath(new URL('./feed.js', import.meta.url)), url, String(rate), String(seed)],
      onLine: onLog,
      onMessage: (message) => {
        if (isFeedReport(message)) onReport(message);
      },
    });
    this.failed = this.#child.failed;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Makes it stop sending, wait up to `waitMs` for answers, and exit. Its last report has arrived when this resolves.
   */
  end(waitMs: number): Promise<ChildEnd> {
    const stop: FeedStop = { kind: 'stop', waitMs };
    return this.#child.end(waitMs + END_MS, stop);
  }

  kill(): void {
    this.#child.kill();
  }
}
