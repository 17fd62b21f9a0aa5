/** What a component shows of a stream: the newest values, and the state of the subscription. */

import { useEffect, useState } from 'react';
import type { StreamGap, StreamMode } from '../../shared/stream-protocol.js';
import type { TickcastClient } from '../client.js';
import { isTickcastError, type TickcastError } from '../error.js';
import type { ModelMap } from '../models.js';
import type { StreamValue, SubscribeOptions, SubscriptionState } from '../streams/types.js';
import { SharedStreams, type StreamListener } from './shared-streams.js';
import { useKept } from './use-kept.js';

/** Options of `useStream`. */
export interface UseStreamOptions<Mode extends StreamMode = StreamMode> extends Omit<SubscribeOptions<Mode>, 'signal'> {
  /** How many values are kept, the newest first. @default 20 */
  readonly keep?: number | undefined;
}

/** A stream as a component shows it. */
export interface StreamView<Mode extends StreamMode> {
  /** The newest first: items, or frames of windows for `aggregate`. */
  readonly values: readonly StreamValue<Mode>[];
  readonly state: SubscriptionState;
  /** Why the subscription ended. */
  readonly error: TickcastError | undefined;
  /** The last gap: items that can no longer be received. */
  readonly gap: StreamGap | undefined;
}

/**
 * Subscribes to a stream while the component is mounted. Components of one client that view the same stream with the
 * same options share one subscription; a later one sees what arrives from then on. With `stream` or `client` undefined,
 * there is no subscription. Throws when rendering, for an error boundary: a TypeError for an invalid name or option.
 */
export function useStream<Models extends ModelMap<Models>, Mode extends StreamMode = 'all'>(
  client: TickcastClient<Models> | undefined,
  stream: string | undefined,
  options: UseStreamOptions<Mode> = NO_OPTIONS,
): StreamView<Mode> {
  const { keep = 20, ...rest } = options;
  const kept = useKept<SubscribeOptions<Mode>>(rest);
  const [view, setView] = useState<StreamView<Mode>>(EMPTY);
  const [mistake, setMistake] = useState<{ readonly thrown: unknown }>();
  if (mistake !== undefined) throw mistake.thrown;
  useEffect(() => {
    setView(EMPTY);
    if (client === undefined || stream === undefined || client.state === 'closed') return;
    const listener: StreamListener<Mode> = {
      value: (value) => setView((shown) => ({ ...shown, values: [value, ...shown.values].slice(0, keep) })),
      gap: (gap) => setView((shown) => ({ ...shown, gap })),
      state: (state, error) => setView((shown) => ({ ...shown, state, error })),
    };
    try {
      return SharedStreams.of(client).add(stream, kept, listener);
    } catch (error) {
      if (isTickcastError(error)) setView({ ...EMPTY, state: 'ended', error });
      else setMistake({ thrown: error });
      return;
    }
  }, [client, stream, kept, keep]);
  return view;
}

const NO_OPTIONS = {};
const EMPTY = { values: [], state: 'connecting', error: undefined, gap: undefined } as const;
