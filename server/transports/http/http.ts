/** The hub's HTTP server: fastify with its limits, error format, CORS and access events. Others add the routes. */

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import cors from '@fastify/cors';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ERRORS, type WireError, wireError } from '../../../shared/errors.js';
import type { Clock } from '../../contracts/clock.js';
import type { TransportListener } from '../../contracts/transport-events.js';
import type { ClientAddress } from '../client-address.js';
import type { RequestPolicy } from '../request-policy.js';
import { jsonBounds, refuseShape } from '../wire/json-shape.js';
import { answerClientError } from './client-errors.js';
import { type IsOurs, isOfSocketIo, noSuchPath, pathOf, refuseUpgrade } from './nowhere.js';
import { SDK_ROUTE } from './page.js';
import { Pipelines } from './pipelines.js';
import { withNameWhole } from './stream-path.js';

export interface HttpOptions {
  /** Maximum request body, in bytes. */
  readonly maxBodyBytes: number;
  /** Maximum open TCP connections; further ones are closed immediately, unread. */
  readonly maxConnections: number;
}

export interface HttpParts {
  readonly policy: RequestPolicy;
  /** Whether a route is the page or one of its files. */
  readonly isPage: (route: string) => boolean;
  readonly isOurs: IsOurs;
  readonly addresses: ClientAddress;
  readonly listener: TransportListener;
  readonly clock: Clock;
}

/** Time limit for headers, and for the body, in milliseconds: slow clients must not hold a connection. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Longer than the idle timeout of common load balancers, so that they close first; in milliseconds. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** A fastify server whose errors all have the form `{ error: { code, message, retryable, retryAfterMs? } }`. */
export async function createHttp(
  options: HttpOptions,
  { policy, isPage, isOurs, addresses, listener, clock }: HttpParts,
): Promise<FastifyInstance> {
  const pipelines = new Pipelines(clock, ({ remoteAddress: address = '' }, reason) =>
    listener({ type: 'rejected', address, code: 'RATE_LIMITED', reason }),
  );
  const nothingAt = (request: IncomingMessage): WireError => {
    const error = noSuchPath(request, isOurs);
    if (isOfSocketIo(request)) {
      listener({ type: 'misdirected', kind: 'path', address: addresses.of(request), reason: error.message });
    }
    return error;
  };
  const app = fastify({
    serverFactory: (handler): Server => {
      const server = createServer({ connectionsCheckingInterval: 1000 }, handler);
      server.headersTimeout = HEADERS_TIMEOUT_MS;
      server.requestTimeout = REQUEST_TIMEOUT_MS;
      server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
      server.maxConnections = options.maxConnections;
      server.on('drop', (dropped) => {
        const reason = `the hub has ${options.maxConnections} connections; see --max-connections`;
        listener({ type: 'rejected', address: dropped?.remoteAddress ?? '', code: 'OVERLOADED', reason });
      });
      pipelines.watch(server);
      server.on('upgrade', (request: IncomingMessage, socket) => {
        if (!isOurs(pathOf(request))) refuseUpgrade(socket, nothingAt(request));
      });
      return server;
    },
    bodyLimit: options.maxBodyBytes,
    // Node bounds the request head: the route itself answers for invalid names.
    routerOptions: { maxParamLength: 16_384 },
    rewriteUrl: withNameWhole,
    logger: false,
    requestIdHeader: false,
    genReqId: requestIds(),
    clientErrorHandler: (cause, socket) => answerClientError(cause, socket, REQUEST_TIMEOUT_MS),
    return503OnClosing: false,
    // As over Socket.IO: JSON.parse makes them plain properties, and only known names are read.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    frameworkErrors: (cause, _request, reply) => {
      void sendError(reply, wireError('INVALID_INPUT', `the path cannot be read: ${cause.message}`));
    },
  });
  app.removeContentTypeParser(['text/plain', 'application/json']);
  const bounds = jsonBounds(options.maxBodyBytes);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = body.toString();
    const shape = refuseShape(text, bounds);
    if (shape !== undefined) return done(new BodyProblem(`the JSON of the body ${shape}`));
    try {
      done(null, JSON.parse(text));
    } catch (cause) {
      done(
        new BodyProblem(
          `the body is not a JSON document that can be used: ${text === '' ? 'it is empty' : String(cause)}`,
        ),
      );
    }
  });

  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );

  const refusals = new WeakMap<FastifyRequest, string>();
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const route = request.routeOptions.url;
    const isVisit = request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate' && route === '/';
    const error = policy.refuse(request.raw, {
      isPage: isVisit || (route !== undefined && isPage(route)),
      isPublic: route === SDK_ROUTE,
    });
    if (error === undefined) return;
    refusals.set(request, error.message);
    await sendError(reply, error);
  });
  await app.register(
    cors,
    () => (request: FastifyRequest, done: (error: null, options: { origin: boolean | '*' }) => void) => {
      const origin = policy.origins.allows(request.raw) && request.headers.origin !== undefined;
      done(null, { origin: request.routeOptions.url === SDK_ROUTE ? '*' : origin });
    },
  );
  app.addHook('onResponse', async (request, reply) => {
    const { id: requestId, method } = request;
    const address = addresses.of(request.raw);
    const path = pathOf(request);
    listener({
      type: 'http',
      requestId,
      address,
      method,
      path: path.slice(0, 200),
      route: routeOf(request),
      status: reply.statusCode,
      tookMs: reply.elapsedTime,
      refused: refusals.get(request),
    });
  });
  app.setNotFoundHandler((request, reply) => {
    return sendError(reply, nothingAt(request.raw));
  });
  app.setErrorHandler((cause: FastifyError, _request, reply) => {
    const error = errorOf(cause, options);
    if (error.code === 'INTERNAL') listener({ type: 'fault', where: 'http', cause });
    // The only status without an error code: the content type is wrong before the content is examined.
    return sendError(reply, error, cause.statusCode === 415 ? 415 : undefined);
  });
  return app;
}

/** An id of the caller's that is taken: it stands in headers and log lines. */
const GIVEN_ID = /^[\w.:/+=@-]{1,128}$/;

/** The id that the caller or a proxy gave, or a short one that no other run of a hub repeats. */
function requestIds(): (request: Pick<IncomingMessage, 'headers'>) => string {
  const start = randomBytes(6).toString('base64url');
  let count = 0;
  return ({ headers: { 'x-request-id': given } }) =>
    typeof given === 'string' && GIVEN_ID.test(given) ? given : `${start}-${(count++).toString(36)}`;
}

/** Sends `{ error }` with the error's status, and `Retry-After` where it says when. */
export function sendError(
  reply: FastifyReply,
  error: WireError,
  status: number = ERRORS[error.code].status,
): FastifyReply {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000));
  return reply.code(status).send({ error });
}

/** The route's pattern. Hashed file names would be new names at each release. */
function routeOf({ routeOptions: { url } }: FastifyRequest): string {
  return url?.startsWith('/assets/') ? '/assets/*' : (url ?? 'none');
}

/** Why a body is rejected: the message is for the caller. */
class BodyProblem extends Error {
  readonly statusCode = 400;
}

function errorOf(cause: FastifyError, options: HttpOptions): WireError {
  if (cause instanceof BodyProblem) return wireError('INVALID_INPUT', cause.message);
  const status = cause.statusCode ?? 500;
  if (status === 413)
    return wireError(
      'TOO_LARGE',
      `the body is over ${options.maxBodyBytes} bytes; send bytes instead of JSON (application/octet-stream), fewer rows a request, or start the hub with a larger --max-frame-bytes`,
    );
  if (status === 415)
    return wireError(
      'INVALID_INPUT',
      'the content type must be application/json, or application/octet-stream for the bytes of a tensor',
    );
  if (status >= 400 && status < 500)
    return wireError('INVALID_INPUT', `the body is not a JSON document that can be used: ${cause.message}`);
  return wireError('INTERNAL', 'the hub failed on this request; see its log');
}
