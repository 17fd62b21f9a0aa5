/**
 * The server under test for fan-out: casts frames to its sockets, by the hub's streams and transport or by a bare
 * Socket.IO room, on its parent's orders. Publishes in process, so that only casting is measured.
 */

import { createServer, type Server as HttpServer } from 'node:http';
import { argv } from 'node:process';
import { Server } from 'socket.io';
import { openAccess } from '../../server/access/open-access.js';
import { systemClock } from '../../server/app/system-clock.js';
import { configWith } from '../../server/config/config.js';
import type { Engine } from '../../server/contracts/engine.js';
import type { ModelSpec } from '../../server/contracts/model.js';
import type { CastTarget } from '../../server/contracts/streams.js';
import { Hub } from '../../server/core/hub.js';
import { MemoryBroker } from '../../server/streams/memory-broker.js';
import { Streams } from '../../server/streams/streams.js';
import { ClientAddress } from '../../server/transports/client-address.js';
import { HostPolicy } from '../../server/transports/host-policy.js';
import { OriginPolicy } from '../../server/transports/origin-policy.js';
import { RequestLimit } from '../../server/transports/request-limit.js';
import { RequestPolicy } from '../../server/transports/request-policy.js';
import { SocketIoTransport } from '../../server/transports/socketio/socketio.js';
import { wireError } from '../../shared/errors.js';
import type { CastOrder, CastReport } from './cast-orders.js';
import { PREDICTION, STREAM, TEXT } from './cast-workload.js';

/**
 * Turns between two casts: the hub serves 256 viewers per turn, and each frame must carry one item, as the room's does.
 */
const TURNS = 6;

const kind = argv[2];
const http = createServer((_request, response) => response.writeHead(200).end());
const cast = kind === 'room' ? openRoom(http) : openHub(http);
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  report({ kind: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 });
});

let credit = 0;
let publisher = false;
let rate: NodeJS.Timeout | undefined;
process.on('message', (order: CastOrder) => {
  switch (order.kind) {
    case 'credit':
      credit += order.rounds;
      if (!publisher) {
        publisher = true;
        setImmediate(castOne);
      }
      break;
    case 'rate':
      clearInterval(rate);
      if (order.perSecond > 0) rate = castAt(order.perSecond);
      break;
    case 'payload':
      roomPayload = order.payload;
      roomEvent = 'aggregate';
      break;
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      report({ kind: 'cpu', us: user + system });
    }
  }
});
process.on('disconnect', () => process.exit());

let roomPayload: unknown;
let roomEvent: 'cast' | 'aggregate' | undefined;

function castOne(turn = 0): void {
  if (turn > 0) setImmediate(() => castOne(turn - 1));
  else if (credit === 0) publisher = false;
  else {
    credit -= 1;
    cast();
    setImmediate(() => castOne(TURNS));
  }
}

/** Evenly, however coarse the timer. */
function castAt(perSecond: number): NodeJS.Timeout {
  const startedAt = performance.now();
  let sent = 0;
  return setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; sent < due; sent++) cast();
  }, 1);
}

function openRoom(server: HttpServer): () => void {
  const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
  io.on('connection', (socket) => {
    void socket.join(STREAM);
    socket.on('subscribe', (_request: unknown, reply: (answer: object) => void) => reply({}));
  });
  let offset = 0;
  return () => {
    offset += 1;
    const item = { offset, at: Date.now(), from: FROM, text: TEXT, ...PREDICTION };
    const payload = roomPayload ?? { stream: STREAM, epoch: 'bench.0000000000000000', skipped: 0, items: [item] };
    io.to(STREAM).emit(roomEvent ?? 'cast', payload);
  };
}

const FROM = 'bench-mark-0';

function openHub(server: HttpServer): () => void {
  const config = configWith({ resumeMs: 0 });
  const streams = new Streams({
    clock: systemClock,
    broker: new MemoryBroker({
      clock: systemClock,
      wallNow: Date.now,
      mark: 'bench',
      nonce: () => '0000000000000000',
      maxItems: config.maxStreamItems,
      maxBytes: config.maxStreamBytes,
    }),
    random: Math.random,
    options: config,
    listener: () => {},
    watch: () => {},
  });
  const engine: Engine = { slots: 1, run: () => Promise.resolve({ status: 'lost', reason: 'no engine here' }) };
  const models = { resolve: () => wireError('MODEL_NOT_FOUND', 'no model here') };
  const hub = new Hub({ engine, models, clock: systemClock, options: config, publisher: streams });
  const { maxFrameBytes, maxJsonBytes, maxRequestRows, maxInFlightRows, maxTextLength } = config;
  const limits = { maxFrameBytes, maxJsonBytes, maxRequestRows, maxInFlightRows, maxTextLength };
  new SocketIoTransport({
    hub,
    subscriptions: streams,
    clock: systemClock,
    http: server,
    policy: new RequestPolicy(new OriginPolicy([]), new HostPolicy([], false)),
    addresses: new ClientAddress([]),
    requestLimit: new RequestLimit(0, systemClock),
    access: openAccess,
    catalogue: { offer: () => ({ models: [] }), standard: () => undefined },
    listener: () => {},
    options: { ...config, limits, maxLostSessions: 10 },
  });
  const spec: ModelSpec = {
    name: 'bench',
    version: '1',
    ref: PREDICTION.model,
    inputs: [],
    outputs: [],
    labels: ['negative', 'neutral', 'positive'],
    maxTextLength: 1000,
  };
  const opened = streams.open(STREAM, spec);
  if ('code' in opened) throw new Error(opened.message);
  const target: CastTarget = opened;
  const receipt = { queueUs: 40, batchUs: 210, inferUs: 690, totalUs: 940 };
  return () => target.publish(PREDICTION, { from: FROM, id: undefined, row: undefined, text: TEXT, receipt });
}

function report(message: CastReport): void {
  process.send?.(message);
}
