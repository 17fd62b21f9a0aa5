/** Access over HTTP: the scope that each route requires, and `Authorization: Bearer`. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WireError } from '../../../shared/errors.js';
import { type Access, type Grant, rightsOf, type Scope } from '../../contracts/access.js';
import { lacks } from '../authorization.js';
import { bearerToken } from '../bearer.js';
import { sendError } from './http.js';

export type Need = Scope | 'predict or subscribe' | 'nothing';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that a caller's token needs; `nothing` requires no token. @default 'admin' */
    readonly scope?: Need;
  }
}

/**
 * By route pattern. A route that is neither listed here nor one of the page's files, and names no scope of its own, is
 * for operators.
 */
const NEEDS: Readonly<Record<string, Need>> = {
  '/healthz': 'nothing',
  '/readyz': 'nothing',
  '/': 'predict or subscribe',
  '/models': 'predict or subscribe',
  '/models/:name': 'predict or subscribe',
  '/streams': 'subscribe',
  '/streams/:name': 'admin',
  '/streams/:name/windows': 'subscribe',
  '/predict': 'predict',
  '/infer': 'predict',
  '/metrics': 'admin',
};

const NOBODY: Grant = { name: '', rights: rightsOf([]) };

export class RestAccess {
  readonly #access: Access;
  readonly #openMetrics: boolean;
  readonly #grants = new WeakMap<FastifyRequest, Grant>();

  constructor(access: Access, { openMetrics }: { readonly openMetrics: boolean }) {
    this.#access = access;
    this.#openMetrics = openMetrics;
  }

  /** Guards every route of a server. `files`: public routes without data. */
  guard(app: FastifyInstance, files: ReadonlySet<string> = new Set()): void {
    // Before the body is read.
    app.addHook('onRequest', async (request, reply) => {
      const need = this.#needOf(request, files);
      if (need === 'nothing') return;
      const token = bearerToken(request.headers);
      const decision = await this.#access.decide(token);
      if (!decision.ok) return refuse(reply, decision.error, token === undefined ? '' : ', error="invalid_token"');
      const { rights } = decision.grant;
      this.#grants.set(request, decision.grant);
      const isEnough = need === 'predict or subscribe' ? rights.predict || rights.subscribe : rights[need];
      if (!isEnough) return refuse(reply, lacks(need), insufficient(need));
    });
  }

  /** The caller's grant; nameless and without rights on a route that requires none. */
  grantOf(request: FastifyRequest): Grant {
    return this.#grants.get(request) ?? NOBODY;
  }

  #needOf({ routeOptions: { url, config } }: FastifyRequest, files: ReadonlySet<string>): Need {
    // No such route, which is not a secret.
    if (url === undefined || files.has(url)) return 'nothing';
    if (url === '/metrics' && this.#openMetrics) return 'nothing';
    return config.scope ?? NEEDS[url] ?? 'admin';
  }
}

function insufficient(need: Need): string {
  return `, error="insufficient_scope", scope="${need.replace(' or ', ' ')}"`;
}

async function refuse(reply: FastifyReply, error: WireError, detail: string): Promise<void> {
  reply.header('www-authenticate', `Bearer realm="tickcast"${detail}`);
  await sendError(reply, error);
}
