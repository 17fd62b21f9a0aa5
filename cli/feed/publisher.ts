/**
 * Publishes one line until it is settled: sends it again when it was refused temporarily or lost, and records the
 * outcome. Knows no sockets.
 */

import { isTickcastError } from '../../client/index.js';
import type { FeedClock } from './clock.js';
import type { LineCounts } from './line-counts.js';
import { retryInMs } from './retry.js';

/** The hub as the publisher needs it. */
export interface PublishHub {
  /** False while disconnected or draining. */
  readonly open: boolean;
  /** How often it was closed. */
  readonly closings: number;
  /** Resolves when it is open, when it never will be again, or at the feed's end. */
  opened(): Promise<void>;
  predict(text: string): Promise<{ readonly model: string; readonly label?: unknown }>;
}

export interface PublisherParts {
  readonly hub: PublishHub;
  readonly lineCounts: LineCounts;
  readonly clock: FeedClock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The feed ends: gives up open lines. */
  readonly ended: AbortSignal;
}

export class Publisher {
  readonly #parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /** Resolves when the line is answered, has failed or was given up; never rejects. */
  async publish(text: string): Promise<void> {
    const { hub, lineCounts, clock, random, ended } = this.#parts;
    lineCounts.sent += 1;
    let from: number | undefined;
    for (let tries = 1; ; ) {
      await hub.opened();
      if (ended.aborted) break;
      from ??= clock.now();
      const { closings } = hub;
      try {
        const { model, label } = await hub.predict(text);
        return lineCounts.answer(model, label, clock.now() - from);
      } catch (cause) {
        if (ended.aborted) break;
        if (!isTickcastError(cause)) return lineCounts.failure('UNKNOWN', String(cause));
        // A hub that went away says nothing about the line, so this does not count as a try.
        const lost = cause.retryable && (!hub.open || hub.closings !== closings);
        const waitMs = lost ? 0 : retryInMs(cause, tries, random());
        if (waitMs === undefined) return lineCounts.failure(cause.code, cause.message);
        if (!lost) tries += 1;
        lineCounts.resent += 1;
        await clock.sleep(waitMs, ended);
      }
    }
    lineCounts.unanswered += 1;
  }
}
