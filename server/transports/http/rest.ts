/** The REST transport: `POST /predict` and `/infer`, models, streams. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type WireError, wireError } from '../../../shared/errors.js';
import { isModelReference, isStreamName, parsePredict } from '../../../shared/parse.js';
import type { Timing } from '../../../shared/protocol.js';
import { withBodyHint } from '../../../shared/words/input-hint.js';
import type { ModelCatalogue } from '../../contracts/door.js';
import type { Outcome } from '../../contracts/outcome.js';
import type { StreamSubscriptions } from '../../contracts/streams.js';
import type { Hub } from '../../core/hub.js';
import { answerOf } from '../../core/requests/answer.js';
import type { Origin, Pending } from '../../core/requests/request.js';
import { Authorization } from '../authorization.js';
import type { ClientAddress } from '../client-address.js';
import { principalOf } from '../principal-key.js';
import type { RequestLimit } from '../request-limit.js';
import { sendError } from './http.js';
import { rawRequest } from './octet-stream.js';
import { SDK_ROUTE } from './page.js';
import type { RestAccess } from './rest-access.js';
import { RestOrigins } from './rest-origins.js';

export interface RestParts {
  readonly hub: Hub;
  readonly subscriptions: StreamSubscriptions;
  readonly catalogue: Pick<ModelCatalogue, 'list' | 'find' | 'standard'>;
  readonly access: Pick<RestAccess, 'grantOf'>;
  readonly addresses: ClientAddress;
  readonly requestLimit: RequestLimit;
  readonly isDraining: () => boolean;
  /** Whether `/metrics` is on this port. */
  readonly hasMetrics: boolean;
  readonly version: string;
}

export function addRest(app: FastifyInstance, parts: RestParts): void {
  const { hub, subscriptions, catalogue, access, addresses, requestLimit, isDraining, hasMetrics, version } = parts;
  const origins = new RestOrigins(hub);
  app.addHook('onRequest', async (_request, reply) => {
    // A kept-alive connection would return to a hub that is about to exit.
    if (isDraining()) reply.header('connection', 'close');
  });

  const refuse = (reply: FastifyReply, error: WireError, origin: Origin, model: string | undefined): FastifyReply => {
    hub.noteRefusal(error, origin, model);
    return sendError(reply, error);
  };
  const originOf = (request: FastifyRequest): Origin => {
    const address = addresses.of(request.raw);
    return origins.of(principalOf(access.grantOf(request), address), address);
  };
  const authorizationOf = (request: FastifyRequest): Authorization =>
    new Authorization(access.grantOf(request), catalogue);
  /** Before the body is read, so that excess requests cost next to nothing. */
  const refuseEarly = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const origin = originOf(request);
    const error = requestLimit.ofAddress(addresses.of(request.raw)) ?? hub.refusesNow(origin);
    if (error !== undefined) await refuse(reply, error, origin, undefined);
  };
  const predict = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    const origin = originOf(request);
    const raw = rawRequest(request);
    if (!raw.ok) return refuse(reply, raw.error, origin, undefined);
    const parsed = parsePredict(raw.value);
    if (!parsed.ok) return refuse(reply, withBodyHint(parsed.error, raw.value), origin, parsed.model);
    const authorization = authorizationOf(request);
    const authorized = authorization.predict(parsed.value);
    if (!authorized.ok) return refuse(reply, authorized.error, origin, parsed.value.model);
    // The id is meaningless here: the answer is the reply.
    const { timing, key } = authorized.value;
    const asked = { ...authorized.value, id: undefined, key: key && origins.keyOf(request.raw, key) };
    const verdict = hub.submit(asked, origin, (outcome) => send(reply, outcome, timing !== false));
    if (!verdict.accepted) return sendError(reply, authorization.shown(verdict.error));
    cancelWhenGone(hub, reply, verdict.pending);
    return undefined;
  };
  // Two names for the same thing; `async` would make fastify wait for a return value.
  for (const path of ['/predict', '/infer'])
    app.post(path, { onRequest: refuseEarly }, (request, reply) => void predict(request, reply));

  app.get('/models', async (request) => ({ models: catalogue.list(authorizationOf(request).seesModel) }));
  app.get<{ Params: { name: string } }>('/models/:name', async (request, reply) => {
    const { name } = request.params;
    const refusal = authorizationOf(request).look(name);
    if (refusal !== undefined) return sendError(reply, refusal);
    const found = isModelReference(name) ? catalogue.find(name) : undefined;
    return (
      found ??
      sendError(reply, wireError('MODEL_NOT_FOUND', `there is no model "${name.slice(0, 80)}"; see GET /models`))
    );
  });
  app.get('/streams', async (request) => ({ streams: subscriptions.list(authorizationOf(request).seesStream) }));
  app.delete<{ Params: { name: string } }>('/streams/:name', async ({ params: { name } }, reply) => {
    if (subscriptions.erase(name)) return { stream: name, erased: true };
    return sendError(reply, noStream(name));
  });
  app.get<{ Params: { name: string }; Querystring: { windowMs?: unknown } }>(
    '/streams/:name/windows',
    async (request, reply) => {
      const { name } = request.params;
      const refusal = authorizationOf(request).view(name);
      if (refusal !== undefined) return sendError(reply, refusal);
      const windowMs = request.query.windowMs ?? '1000';
      const past = isStreamName(name) ? subscriptions.windows(name, Number(windowMs)) : undefined;
      if (past !== undefined) return past;
      if (!subscriptions.list().some(({ stream }) => stream === name)) return sendError(reply, noStream(name));
      const message = 'windowMs must be 1000 or 10000, or a length that somebody views now';
      return sendError(reply, wireError('INVALID_INPUT', message));
    },
  );
  app.get('/', async () => ({
    name: 'tickcast',
    version,
    socket: 'Socket.IO at /socket.io/: emit "predict" { input }, listen for "prediction"',
    page: 'this address in a browser',
    sdk: `${SDK_ROUTE}, an ES module`,
    routes: [
      'POST /predict',
      'POST /infer',
      'GET /models',
      'GET /models/:name',
      'GET /streams',
      'GET /streams/:name/windows',
      'DELETE /streams/:name',
      'GET /healthz',
      'GET /readyz',
      ...(hasMetrics ? ['GET /metrics'] : []),
    ],
  }));
}

function noStream(name: string): WireError {
  return wireError('NOT_FOUND', `there is no stream "${name.slice(0, 80)}"; see GET /streams`);
}

function send(reply: FastifyReply, outcome: Outcome, timed: boolean): void {
  if (reply.raw.destroyed || reply.sent) return;
  const answer = answerOf(outcome, timed);
  if (!answer.ok) {
    sendError(reply, answer.error);
    return;
  }
  const { timing } = answer.prediction;
  if (timing !== undefined) reply.header('server-timing', serverTiming(timing));
  reply.send(answer.prediction);
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
