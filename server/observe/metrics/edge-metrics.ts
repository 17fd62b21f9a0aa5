/** The metrics of connections, HTTP and streams. */

import type { ErrorCode } from '../../../shared/errors.js';
import { type Metric, one } from './metric.js';

/** Reasons for refusing a connection: present from the start, so that the first refusal shows as an increase. */
const REFUSALS: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'OVERLOADED', 'DRAINING'];

/** Reasons for cutting a connection: present from the start likewise. */
const CUTS = ['slow', 'flood', 'protocol', 'unjoined', 'too-large'];

export const EDGE_METRICS: readonly Metric[] = [
  {
    name: 'tickcast_connections',
    type: 'gauge',
    labels: ['transport'],
    help: 'Socket.IO connections now, by what carries them: websocket or polling.',
    use: 'polling for long: something on the way does not let WebSocket through.',
    *read({ edge }) {
      for (const [transport, value] of Object.entries(edge.connections())) yield { labels: { transport }, value };
    },
  },
  {
    name: 'tickcast_connections_opened_total',
    type: 'counter',
    labels: [],
    help: 'Socket.IO connections that were made.',
    use: 'A high rate with a flat number of connections: clients lose them.',
    read: ({ edge }) => one(edge.opened),
  },
  {
    name: 'tickcast_connections_refused_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Socket.IO connections that were refused in the handshake, by the code of the error table.',
    use: 'FORBIDDEN: a page that --cors-origin does not name, or a token without the scope. RATE_LIMITED: one address connects too often.',
    *read({ edge }) {
      for (const reason of new Set<string>([...REFUSALS, ...edge.refused.keys()]))
        yield { labels: { reason }, value: edge.refused.get(reason) ?? 0 };
    },
  },
  {
    name: 'tickcast_slow_connections_total',
    type: 'counter',
    labels: [],
    help: 'Connections that were cut because the client did not read what was sent to it.',
    use: 'Clients that ask faster than they read, or went away without a word.',
    read: ({ edge }) => one(edge.slowConnections),
  },
  {
    name: 'tickcast_connections_cut_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Connections that the hub ended, by why: slow, flood, protocol, unjoined, too-large.',
    use: 'flood and protocol: no client that means well. unjoined: connects and joins nothing within ten seconds. too-large: over --max-frame-bytes.',
    *read({ edge }) {
      for (const reason of new Set<string>([...CUTS, ...edge.cut.keys()]))
        yield { labels: { reason }, value: edge.cut.get(reason) ?? 0 };
    },
  },
  {
    name: 'tickcast_received_bytes_total',
    type: 'counter',
    labels: [],
    help: 'Bytes received on all connections, HTTP and WebSocket, headers and frames included.',
    use: 'Bandwidth, and bytes a request.',
    read: ({ edge }) => one(edge.traffic().received),
  },
  {
    name: 'tickcast_sent_bytes_total',
    type: 'counter',
    labels: [],
    help: 'Bytes sent on all connections; what a client has not read yet is among them.',
    use: 'Bandwidth; viewers of streams are most of it.',
    read: ({ edge }) => one(edge.traffic().sent),
  },
  {
    name: 'tickcast_http_requests_total',
    type: 'counter',
    labels: ['route', 'method', 'status'],
    help: 'HTTP requests that were answered, by the pattern of their route (none where there is no such route). Socket.IO’s own requests are not in it.',
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
    help: 'Streams now.',
    use: 'Near --max-streams the next one is refused.',
    read: ({ streams }) => one(streams.size),
  },
  {
    name: 'tickcast_subscribers',
    type: 'gauge',
    labels: [],
    help: 'Subscriptions to streams now, those that wait for their stream included.',
    use: 'With the rate of predictions: what casting costs.',
    read: ({ streams }) => one(streams.viewers),
  },
  {
    name: 'tickcast_skipped_items_total',
    type: 'counter',
    labels: [],
    help: 'Predictions left out for viewers of items, once for each viewer: by its pace, or because it was behind.',
    use: 'Normal with maxRate. Without it: viewers that do not keep up.',
    read: ({ streams }) => one(streams.counts.skippedItems),
  },
  {
    name: 'tickcast_slow_viewers_total',
    type: 'counter',
    labels: [],
    help: 'Subscriptions that were ended because the viewer did not read for --slow-viewer-ms.',
    use: 'A few are phones that went away; many are a network or a page that is too slow for its stream.',
    read: ({ streams }) => one(streams.counts.slowViewers),
  },
];
