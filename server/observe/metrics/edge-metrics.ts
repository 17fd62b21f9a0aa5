/** The metrics of connections, HTTP and streams. */

import type { ErrorCode } from '../../../shared/errors.js';
import { type Metric, one, type Sample } from './metric.js';

/** Reasons for refusing a connection: present from the start, so that the first refusal shows as an increase. */
const REFUSALS: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'OVERLOADED', 'DRAINING'];

/** What misdirected clients get wrong: present from the start likewise. */
const MISDIRECTED = ['protocol', 'namespace', 'connection', 'path'];

/** Reasons for cutting a connection: present from the start likewise. */
const CUTS = ['slow', 'flood', 'protocol', 'unjoined', 'too-large'];

export const EDGE_METRICS: readonly Metric[] = [
  {
    name: 'tickcast_connections',
    type: 'gauge',
    labels: ['transport'],
    help: 'Open Socket.IO connections, by transport: websocket or polling.',
    use: 'polling for long: something in between blocks WebSocket.',
    *read({ edge }) {
      for (const [transport, value] of Object.entries(edge.connections())) yield { labels: { transport }, value };
    },
  },
  {
    name: 'tickcast_connections_opened_total',
    type: 'counter',
    labels: [],
    help: 'Socket.IO connections opened.',
    use: 'A high rate with a constant number of connections: clients lose theirs.',
    read: ({ edge }) => one(edge.opened),
  },
  {
    name: 'tickcast_connections_refused_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Socket.IO connections refused in the handshake, by error code.',
    use: 'FORBIDDEN: a page that --cors-origin does not name, or a token without the scope. RATE_LIMITED: one address connects too often.',
    read: ({ edge }) => counted('reason', REFUSALS, edge.refused),
  },
  {
    name: 'tickcast_misdirected_total',
    type: 'counter',
    labels: ['kind'],
    help: 'Requests of Socket.IO clients that cannot be served here: an older protocol, a namespace or a path that is not there, a connection of another process.',
    use: 'connection, other than after a restart: several processes share an address without sticky sessions. path: a proxy forwards its own prefix too. The log says what to change.',
    read: ({ edge }) => counted('kind', MISDIRECTED, edge.misdirected),
  },
  {
    name: 'tickcast_slow_connections_total',
    type: 'counter',
    labels: [],
    help: 'Connections cut because the client did not read.',
    use: 'Clients that send faster than they read, or disappeared.',
    read: ({ edge }) => one(edge.slowConnections),
  },
  {
    name: 'tickcast_connections_cut_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Connections cut by the hub, by reason: slow, flood, protocol, unjoined, too-large.',
    use: 'flood and protocol: a hostile or broken client. unjoined: did not join the namespace within ten seconds. too-large: above --max-frame-bytes.',
    read: ({ edge }) => counted('reason', CUTS, edge.cut),
  },
  {
    name: 'tickcast_received_bytes_total',
    type: 'counter',
    labels: [],
    help: 'Bytes received on all connections, HTTP and WebSocket, headers and frames included.',
    use: 'Bandwidth, and bytes per request.',
    read: ({ edge }) => one(edge.traffic().received),
  },
  {
    name: 'tickcast_sent_bytes_total',
    type: 'counter',
    labels: [],
    help: 'Bytes sent on all connections, including those a client has not read yet.',
    use: 'Bandwidth; viewers of streams are most of it.',
    read: ({ edge }) => one(edge.traffic().sent),
  },
  {
    name: 'tickcast_http_requests_total',
    type: 'counter',
    labels: ['route', 'method', 'status'],
    help: 'HTTP requests answered, by route pattern (none if no route matched), without Socket.IO’s own requests.',
    use: 'REST traffic and its errors.',
    *read({ edge }) {
      for (const { route, method, status, count } of edge.http())
        yield { labels: { route, method, status: String(status) }, value: count };
    },
  },
  {
    name: 'tickcast_streams',
    type: 'gauge',
    labels: [],
    help: 'Number of streams.',
    use: 'Near --max-streams the next one is refused.',
    read: ({ streams }) => one(streams.size),
  },
  {
    name: 'tickcast_subscribers',
    type: 'gauge',
    labels: [],
    help: 'Number of subscriptions, including those waiting for their stream.',
    use: 'Together with the rate of predictions: the cost of casting.',
    read: ({ streams }) => one(streams.viewers),
  },
  {
    name: 'tickcast_skipped_items_total',
    type: 'counter',
    labels: [],
    help: 'Items skipped for viewers, counted per viewer: because of its pace, or because it was behind.',
    use: 'Normal with maxRate. Without it: viewers that do not keep up.',
    read: ({ streams }) => one(streams.counts.skippedItems),
  },
  {
    name: 'tickcast_slow_viewers_total',
    type: 'counter',
    labels: [],
    help: 'Subscriptions ended because the viewer did not read for --slow-viewer-ms.',
    use: 'A few are phones that disappeared; many mean a network or a page that is too slow for its stream.',
    read: ({ streams }) => one(streams.counts.slowViewers),
  },
  {
    name: 'tickcast_stream_age_seconds',
    type: 'histogram',
    labels: ['pace'],
    divisor: 1e6,
    help: 'Age of items when they are sent to a viewer, counted per viewer, from the acceptance of the request that published them; by pace: live (mode all), paced (maxRate or mode sample), window (samples of windows). What a viewer had missed while it was away, hidden or paused is not counted.',
    use: 'Freshness as far as the hub makes it: live is inference, batching and casting; paced and window add the pace that viewers chose. The network’s part is in the SDK’s freshness.',
    *read({ streams }) {
      for (const [pace, value] of Object.entries(streams.ages.byPace)) yield { labels: { pace }, value };
    },
  },
];

/** A series for each known name, counted or not, and for each other that was counted. */
function* counted(label: string, known: readonly string[], counts: ReadonlyMap<string, number>): Iterable<Sample> {
  for (const name of new Set([...known, ...counts.keys()]))
    yield { labels: { [label]: name }, value: counts.get(name) ?? 0 };
}
