/** Facts about the connection at this moment, as durations from now. Reads the feed, changes nothing. */

import { isSentiment } from './data/sentiment.js';
import type { ViewMode } from './data/view.js';
import type { Feed } from './feed.js';
import type { Facts } from './page-state.js';

/** `newest`: the end of the newest window; `newer`: messages since the view was paused. */
export function factsOf(feed: Feed, newest: number | undefined, view: ViewMode, newer: number): Facts {
  const { connection, retryAt, subscribed, ending, drainsAt, slowAt, labels } = feed;
  const now = performance.now();
  return {
    connection: connection.state,
    attempts: connection.attempts,
    retryInMs: retryAt === undefined ? undefined : retryAt - now,
    subscribed,
    endedCode: ending,
    hasData: newest !== undefined,
    isSentiment: labels === undefined || isSentiment(labels),
    drainsInMs: drainsAt === undefined ? undefined : drainsAt - now,
    slowedAgoMs: slowAt === undefined ? undefined : now - slowAt,
    view,
    newer,
    behindMs: newest === undefined ? undefined : feed.hubNow - newest,
    sinceMs: now,
  };
}
