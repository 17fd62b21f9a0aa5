/** The REST transport: `POST /predict` and `/infer` into the hub, models, health. */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { wireError } from '../../shared/errors.js';
import { readPrediction } from '../../shared/output.js';
import { isModelReference, isStreamName, parsePredict } from '../../shared/parse.js';
import type { Timing } from '../../shared/protocol.js';
import type { Viewing } from '../core/casting.js';
import type { Hub } from '../core/hub.js';
import type { Origin } from '../core/origin.js';
import type { Outcome, Pending } from '../core/pending.js';
import { sendError } from './http.js';

/** What the model routes show; made by the registry. */
export interface ModelCatalogue {
  list(): readonly object[];
  /** One model by `name` or `name@version`. */
  find(reference: string): object | undefined;
}

/** How the process is, for probes. */
export interface Health {
  /** True when requests are taken and can be computed. */
  readonly ready: boolean;
  readonly state: string;
  readonly reason?: string;
}

export interface RestParts {
  readonly hub: Hub;
  readonly viewing: Viewing;
  readonly catalogue: ModelCatalogue;
  readonly health: () => Health;
  readonly version: string;
}

export function addRest(app: FastifyInstance, { hub, viewing, catalogue, health, version }: RestParts): void {
  const origins = new ConnectionOrigins(hub);
  app.addHook('onRequest', async (_request, reply) => {
    // A kept connection would come back to a hub that is about to go.
    if (health().state === 'draining') reply.header('connection', 'close');
  });

  const predict = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    const origin = origins.of(request.raw);
    const parsed = parsePredict(request.body);
    if (!parsed.ok) {
      hub.noteRefusal(parsed.error, origin, parsed.model);
      return sendError(reply, parsed.error);
    }
    // An id means nothing here: the answer is the reply.
    const timed = parsed.value.timing !== false;
    const verdict = hub.submit({ ...parsed.value, id: undefined }, origin, (outcome) => answer(reply, outcome, timed));
    if (!verdict.accepted) return sendError(reply, verdict.error);
    cancelWhenGone(hub, reply, verdict.pending);
    return undefined;
  };
  // Both names for one thing; `async` would make fastify wait for a return value.
  for (const path of ['/predict', '/infer']) app.post(path, (request, reply) => void predict(request, reply));

  app.get('/models', async () => ({ models: catalogue.list() }));
  app.get<{ Params: { name: string } }>('/models/:name', async ({ params: { name } }, reply) => {
    const found = isModelReference(name) ? catalogue.find(name) : undefined;
    return (
      found ??
      sendError(reply, wireError('MODEL_NOT_FOUND', `there is no model "${name.slice(0, 80)}"; see GET /models`))
    );
  });
  app.get('/streams', async () => ({ streams: viewing.list() }));
  app.get<{ Params: { name: string }; Querystring: { windowMs?: unknown } }>(
    '/streams/:name/windows',
    async ({ params: { name }, query }, reply) => {
      const windowMs = query.windowMs ?? '1000';
      const past = isStreamName(name) ? viewing.windows(name, Number(windowMs)) : undefined;
      if (past !== undefined) return past;
      if (!viewing.list().some(({ stream }) => stream === name))
        return sendError(
          reply,
          wireError('MODEL_NOT_FOUND', `there is no stream "${name.slice(0, 80)}"; see GET /streams`),
        );
      const message = 'windowMs must be 1000 or 10000, or a length that somebody views now';
      return sendError(reply, wireError('INVALID_INPUT', message));
    },
  );
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const now = health();
    const { batches, rows } = hub.stats;
    const body = {
      status: now.state,
      reason: now.reason,
      inFlight: hub.inFlight,
      queuedRows: hub.queuedRows,
      batches,
      rows,
    };
    return reply.code(now.ready ? 200 : 503).send(body);
  });
  app.get('/', async () => ({
    name: 'tickcast',
    version,
    socket: 'Socket.IO at /socket.io/: emit "predict" { input }, listen for "prediction"',
    page: 'this address in a browser',
    sdk: '/tickcast.js, an ES module',
    routes: [
      'POST /predict',
      'POST /infer',
      'GET /models',
      'GET /models/:name',
      'GET /streams',
      'GET /streams/:name/windows',
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
    ],
  }));
}

function answer(reply: FastifyReply, outcome: Outcome, timed: boolean): void {
  if (reply.raw.destroyed || reply.sent) return;
  if (!outcome.ok) {
    sendError(reply, outcome.error);
    return;
  }
  const timing = timed ? outcome.timing : undefined;
  if (timing !== undefined) reply.header('server-timing', serverTiming(timing));
  reply.send(readPrediction(outcome.model, outcome.output, outcome.batched, timing, outcome.words));
}

/** The receipt as browsers' developer tools show it, in milliseconds (W3C Server Timing). */
function serverTiming({ queueUs, batchUs, inferUs, totalUs, batchRows, engine }: Timing): string {
  const ms = (us: number): string => (us / 1000).toFixed(3);
  return `queue;dur=${ms(queueUs)}, batch;dur=${ms(batchUs)};desc="${batchRows} rows", infer;dur=${ms(inferUs)};desc="${engine}", total;dur=${ms(totalUs)}`;
}

function cancelWhenGone(hub: Hub, reply: FastifyReply, pending: Pending): void {
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) hub.cancel(pending, 'the connection was closed');
  });
}

/** One origin for each HTTP connection, so that credit and fairness hold there too. */
class ConnectionOrigins {
  readonly #hub: Hub;
  readonly #origins = new WeakMap<object, Origin>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  of({ socket }: IncomingMessage): Origin {
    let origin = this.#origins.get(socket);
    if (origin === undefined) {
      // Viewers of a stream learn no address.
      const alias = randomBytes(9).toString('base64url');
      origin = this.#hub.openOrigin(`http ${socket.remoteAddress ?? ''}`, { via: 'rest', alias });
      this.#origins.set(socket, origin);
    }
    return origin;
  }
}
