/** A report of a feed to which nothing happened, but what is given. */

import type { FeedReport } from '../../demo/feed-report.js';

export function feedReport(changes: Partial<FeedReport> = {}): FeedReport {
  return {
    kind: 'report',
    sent: 0,
    answered: 0,
    errors: {},
    errorExample: '',
    latencies: {},
    topics: {},
    newest: [],
    connection: 'connected',
    model: 'sentiment@2',
    ...changes,
  };
}
