/**
 * Calls with one reply from the hub: sent when connected, sent again on the next connection if that is lost, each with
 * a deadline.
 */

import type { TimerClock } from '../../shared/time/deadline-timer.js';
import { localError, TickcastError } from '../error.js';
import { type Answered, parseReply } from '../streams/parse-frames.js';
import type { StreamChannel } from './channels.js';

/** More than a program would have pending on purpose. */
const MAX_CALLS = 1_000;

/** Events without a payload that have a reply. */
type CallName = 'streams' | 'echo';

interface Question {
  send(): void;
  fail(error: TickcastError): void;
}

export class Calls {
  readonly #clock: TimerClock;
  readonly #channel: StreamChannel;
  readonly #open = new Set<Question>();

  constructor(clock: TimerClock, channel: StreamChannel) {
    this.#clock = clock;
    this.#channel = channel;
  }

  /** Resolves with the answer as parsed by `parse`. Rejects with a {@link TickcastError}. */
  ask<T>(event: CallName, timeoutMs: number, parse: (raw: unknown) => T | undefined): Promise<T> {
    return this.#put(event, timeoutMs, (raw) => parseReply(raw, parse));
  }

  /** Resolves with the milliseconds from sending to the answer. */
  ping(timeoutMs: number): Promise<number> {
    return this.#put('echo', timeoutMs, (_raw, sentAt) => ({ ok: true, value: this.#clock.now() - sentAt }));
  }

  connected(): void {
    for (const question of [...this.#open]) question.send();
  }

  close(error: TickcastError): void {
    for (const question of [...this.#open]) question.fail(error);
  }

  #put<T>(
    event: CallName,
    timeoutMs: number,
    read: (raw: unknown, sentAt: number) => Answered<T> | undefined,
  ): Promise<T> {
    if (this.#open.size >= MAX_CALLS) {
      return Promise.reject(localError('OVERLOADED', `${MAX_CALLS} questions to the hub wait for their answers`));
    }
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#open.delete(question);
        timer.cancel();
      };
      const question: Question = {
        send: () => {
          const sentAt = this.#clock.now();
          this.#channel.send(event, undefined, (raw) => {
            if (!this.#open.has(question)) return;
            const answer = read(raw, sentAt);
            if (answer?.ok) {
              end();
              resolve(answer.value);
            } else if (answer === undefined)
              question.fail(localError('INTERNAL', `the answer to ${event} is unreadable`));
            else question.fail(new TickcastError(answer.error));
          });
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const timer = this.#clock.setTimer(timeoutMs, () => {
        const why = this.#channel.obstacle ?? 'the hub did not answer';
        question.fail(localError('DEADLINE_EXCEEDED', `no answer to ${event} within ${timeoutMs} ms: ${why}`));
      });
      this.#open.add(question);
      question.send();
    });
  }
}
