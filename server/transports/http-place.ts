/**
 * The place of doors that share the hub's HTTP server: the server, its routes, and the checks common to every request.
 */

import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Door } from '../contracts/door.js';
import type { Hub } from '../core/hub.js';
import type { ClientAddress } from './client-address.js';
import type { RestAccess } from './http/rest-access.js';
import type { RequestLimit } from './request-limit.js';
import type { RequestPolicy } from './request-policy.js';

/** What {@link HttpDoor}s are mounted on. */
export interface HttpPlace {
  /**
   * The server to add routes to; it formats the hub's errors. A route without a `scope` in its `config` is for
   * operators.
   */
  readonly app: FastifyInstance;
  readonly server: Server;
  /** Claims a path that is not a route of `app`, such as that of an upgrade. */
  claim(path: string): void;
  /** Which pages and host names are allowed. */
  readonly policy: RequestPolicy;
  /** Client addresses, also behind proxies. */
  readonly addresses: ClientAddress;
  /** The request rate limit. */
  readonly requestLimit: RequestLimit;
  /** The grants of authenticated requests. */
  readonly grants: Pick<RestAccess, 'grantOf'>;
  /** Whether `/metrics` is on this port. */
  readonly hasMetrics: boolean;
}

/** A door of the hub's HTTP server. */
export type HttpDoor = Door<HttpPlace, Hub>;
