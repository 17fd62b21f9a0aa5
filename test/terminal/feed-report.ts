/** A report of a feed without activity, except as given. */

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
