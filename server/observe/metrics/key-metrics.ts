/** The metrics of keys: who uses the hub how much. Nothing without a token file. */

import type { KeyUse } from './key-counts.js';
import type { Metric, MetricSources, Sample } from './metric.js';

export const KEY_METRICS: readonly Metric[] = [
  {
    name: 'tickcast_key_rows_total',
    type: 'counter',
    labels: ['key'],
    help: 'Rows answered, by key of the token file (jwt: and the subject for a JWT).',
    use: 'Who uses the hub how much; what rowsPerDay is set by.',
    read: (sources) => byKey(sources, ({ rows }) => rows),
  },
  {
    name: 'tickcast_key_errors_total',
    type: 'counter',
    labels: ['key'],
    help: 'Requests refused or failed, by key.',
    use: 'A key whose program is broken, or that has reached its quota.',
    read: (sources) => byKey(sources, ({ errors }) => errors),
  },
  {
    name: 'tickcast_key_engine_seconds_total',
    type: 'counter',
    labels: ['key'],
    help: 'Time in the model, by key: of each batch the share of its rows.',
    use: 'What a key costs, where models differ; what weight is set by.',
    read: (sources) => byKey(sources, ({ engineUs }) => engineUs / 1e6),
  },
  {
    name: 'tickcast_key_received_bytes_total',
    type: 'counter',
    labels: ['key'],
    help: 'Bytes received by key: Socket.IO packets, and bodies over REST.',
    use: 'Bandwidth by key.',
    read: (sources) => byKey(sources, ({ received }) => received),
  },
  {
    name: 'tickcast_key_sent_bytes_total',
    type: 'counter',
    labels: ['key'],
    help: 'Bytes sent by key: Socket.IO packets, and bodies over REST.',
    use: 'Bandwidth by key; viewers of streams are most of it.',
    read: (sources) => byKey(sources, ({ sent }) => sent),
  },
];

function* byKey({ keys }: MetricSources, of: (use: KeyUse) => number): Iterable<Sample> {
  for (const [key, use] of keys.all) yield { labels: { key }, value: of(use) };
}
