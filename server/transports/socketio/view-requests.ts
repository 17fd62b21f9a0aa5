/**
 * The stream events of one connection: parsed, answered by their acknowledgement callback, and passed to its
 * subscriptions.
 */

import type { WireError } from '../../../shared/errors.js';
import type { Parsed } from '../../../shared/parse.js';
import { parsePace, parseSubscribe, parseUnsubscribe, parseWatch } from '../../../shared/parse-stream.js';
import type { ConnectionSubscriptions, StreamSubscriptions } from '../../contracts/streams.js';
import type { Authorization } from '../authorization.js';
import { Unreadable } from './unreadable.js';

export interface ViewRequestsParts {
  readonly subscriptions: StreamSubscriptions;
  readonly views: ConnectionSubscriptions;
  readonly authorization: Authorization;
  /** A request was refused: reported and counted, and answered if it asked for an answer. */
  readonly refused: (error: WireError) => void;
}

export const VIEW_EVENTS = ['subscribe', 'unsubscribe', 'pace', 'streams', 'watch', 'echo'] as const;
export type ViewEvent = (typeof VIEW_EVENTS)[number];

export class ViewRequests {
  readonly #parts: ViewRequestsParts;

  constructor(parts: ViewRequestsParts) {
    this.#parts = parts;
  }

  /** Arguments are unparsed and untrusted. */
  handle(event: ViewEvent, args: readonly unknown[]): void {
    const { views, subscriptions, authorization } = this.#parts;
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as (answer: unknown) => void) : undefined;
    const raw = args[0] === last && ack !== undefined ? undefined : args[0];
    if (raw instanceof Unreadable) return this.#refuse(ack, raw.error);
    switch (event) {
      case 'subscribe':
        return this.#do(
          ack,
          this.#permitted(parseSubscribe(raw), ({ stream }) => stream),
          (plan) => {
            const outcome = views.subscribe(plan);
            if ('code' in outcome) return outcome;
            // The answer precedes the first frame.
            this.#answer(ack, outcome.subscribed);
            outcome.begin();
            return undefined;
          },
        );
      case 'unsubscribe':
        return this.#do(ack, parseUnsubscribe(raw), (request) => {
          const error = views.unsubscribe(request.stream);
          if (error === undefined) this.#answer(ack, { stream: request.stream });
          return error;
        });
      case 'pace':
        return this.#do(ack, parsePace(raw), (request) => {
          const error = views.pace(request);
          if (error === undefined) this.#answer(ack, request);
          return error;
        });
      case 'watch':
        return this.#do(ack, this.#permitted(parseWatch(raw)), (request) => {
          this.#answer(ack, request);
          views.watch(request.on);
          return undefined;
        });
      case 'streams':
        return this.#do(ack, this.#permitted({ ok: true, value: undefined }), () => {
          this.#answer(ack, {
            streams: subscriptions.list(authorization.isLimited ? authorization.seesStream : undefined),
          });
          return undefined;
        });
      case 'echo':
        return this.#answer(ack, { at: subscriptions.now() });
    }
  }

  /** @param streamOf the stream it is about, if it is about one. */
  #permitted<T>(parsed: Parsed<T>, streamOf?: (value: T) => string): Parsed<T> {
    const error = parsed.ok ? this.#parts.authorization.view(streamOf?.(parsed.value)) : undefined;
    return error === undefined ? parsed : { ok: false, error };
  }

  #do<T>(
    ack: ((answer: unknown) => void) | undefined,
    parsed: Parsed<T>,
    run: (value: T) => WireError | undefined,
  ): void {
    const error = parsed.ok ? run(parsed.value) : parsed.error;
    if (error !== undefined) this.#refuse(ack, error);
  }

  #refuse(ack: ((answer: unknown) => void) | undefined, error: WireError): void {
    this.#parts.refused(error);
    this.#answer(ack, { error });
  }

  #answer(ack: ((answer: unknown) => void) | undefined, answer: unknown): void {
    ack?.(answer);
  }
}
