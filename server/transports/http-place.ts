/** Where doors stand that share the hub's HTTP server: the server, its routes, and what every request is asked. */

import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Door } from '../contracts/door.js';
import type { Hub } from '../core/hub.js';
import type { ClientAddress } from './client-address.js';
import type { RestAccess } from './http/rest-access.js';
import type { RequestLimit } from './request-limit.js';
import type { RequestPolicy } from './request-policy.js';

export interface HttpPlace {
  /** Takes routes; errors of the hub have their form here. A route whose `config` says no `scope` is for operators. */
  readonly app: FastifyInstance;
  readonly server: Server;
  /** Says of a path that it is the door's: one that is no route of `app`, such as that of an upgrade. */
  claim(path: string): void;
  /** Which pages and names of this machine are heard at all. */
  readonly policy: RequestPolicy;
  /** Who asks, behind proxies too. */
  readonly addresses: ClientAddress;
  /** How often one may ask. */
  readonly requestLimit: RequestLimit;
  /** For what a request was let in. */
  readonly grants: Pick<RestAccess, 'refusesPredict' | 'grantOf'>;
  /** Whether `/metrics` is on this port. */
  readonly hasMetrics: boolean;
}

/** A door of the hub's HTTP server. */
export type HttpDoor = Door<HttpPlace, Hub>;
