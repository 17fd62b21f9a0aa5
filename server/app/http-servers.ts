/**
 * The hub's HTTP servers: one for users, possibly mounted on a program's server, and one for operators if they have
 * their own port. Makes the place of the doors, with the checks common to every request.
 */

import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { firstLine } from '../../shared/words/message-of.js';
import type { Config } from '../config/config.js';
import type { TransportListener } from '../contracts/transport-events.js';
import { ClientAddress } from '../transports/client-address.js';
import { HostPolicy } from '../transports/host-policy.js';
import { createHttp } from '../transports/http/http.js';
import { mountOn } from '../transports/http/mount.js';
import { addPage } from '../transports/http/page.js';
import { RestAccess } from '../transports/http/rest-access.js';
import type { HttpPlace } from '../transports/http-place.js';
import { OriginPolicy } from '../transports/origin-policy.js';
import { RequestLimit } from '../transports/request-limit.js';
import { RequestPolicy } from '../transports/request-policy.js';
import type { AccessControl } from './access-control.js';
import { listenProblem } from './ports.js';
import { systemClock } from './system-clock.js';

/** The options that servers have. */
export type HttpConfig = Pick<
  Config,
  | 'host'
  | 'port'
  | 'adminHost'
  | 'adminPort'
  | 'maxFrameBytes'
  | 'maxConnections'
  | 'corsOrigin'
  | 'allowedHosts'
  | 'trustProxy'
  | 'requestsPerSecond'
  | 'openMetrics'
>;

export interface HttpServersParts {
  readonly config: HttpConfig;
  readonly control: Pick<AccessControl, 'access' | 'isOpenLoopback'>;
  readonly listener: TransportListener;
  /** A program's server to mount them on. */
  readonly outer?: Server | undefined;
}

export class HttpServers {
  readonly users: FastifyInstance;
  /** The same as `users` when they share it. */
  readonly operators: FastifyInstance;
  /** For the doors of users. */
  readonly place: HttpPlace;
  readonly #grants: RestAccess;
  readonly #config: HttpConfig;
  /** The program's server that users connect to. */
  readonly #outer: Server | undefined;
  /** First segments of the users' paths. */
  readonly #segments: Set<string>;
  /** Routes of the page and its files. */
  readonly #pageFiles: Set<string>;
  #unmount: (() => void) | undefined;
  /** Every TCP connection, upgraded or not: Node's own list forgets those that became WebSockets. */
  readonly #open = new Set<Socket>();

  private constructor(
    { config, control, outer }: HttpServersParts,
    [users, operators]: readonly [FastifyInstance, FastifyInstance],
    common: Pick<HttpPlace, 'policy' | 'addresses'>,
    pageFiles: Set<string>,
    segments: Set<string>,
  ) {
    this.#config = config;
    this.#outer = outer;
    this.#pageFiles = pageFiles;
    this.#segments = segments;
    this.#grants = new RestAccess(control.access, config);
    this.users = users;
    this.operators = operators;
    this.place = {
      app: users,
      server: users.server,
      claim: (path) => void segments.add(segmentOf(path)),
      ...common,
      requestLimit: new RequestLimit(config.requestsPerSecond, systemClock),
      grants: this.#grants,
      hasMetrics: operators === users,
    };
    for (const { server } of this.all) {
      server.on('connection', (socket: Socket) => {
        this.#open.add(socket);
        socket.once('close', () => this.#open.delete(socket));
      });
    }
    users.addHook('onRoute', ({ url }) => void segments.add(segmentOf(url)));
  }

  /** Created, but not listening yet. */
  static async create(parts: HttpServersParts): Promise<HttpServers> {
    const { config, control, listener } = parts;
    const { maxFrameBytes: maxBodyBytes, maxConnections } = config;
    const hosts = new HostPolicy(config.allowedHosts, control.isOpenLoopback);
    const addresses = new ClientAddress(config.trustProxy);
    const origins = new OriginPolicy(config.corsOrigin, (peer) => addresses.isProxy(peer));
    const policy = new RequestPolicy(origins, hosts);
    const pageFiles = new Set<string>();
    const isPage = (route: string): boolean => pageFiles.has(route);
    const segments = new Set<string>();
    const isOurs = (path: string): boolean => segments.has(segmentOf(path));
    const server = (): Promise<FastifyInstance> =>
      createHttp({ maxBodyBytes, maxConnections }, { policy, isPage, isOurs, addresses, listener, clock: systemClock });
    const users = await server();
    const operators = config.adminPort === 0 ? users : await server();
    return new HttpServers(parts, [users, operators], { policy, addresses }, pageFiles, segments);
  }

  /** Adds the page, unless `/` is a program's. */
  async addPage(folder: string): Promise<void> {
    if (this.#outer !== undefined) return;
    for (const file of await addPage(this.users, folder)) this.#pageFiles.add(file);
  }

  /** Asks for a token at every route of each server, those added before and later. */
  guard(): void {
    this.#grants.guard(this.users, this.#pageFiles);
    if (this.operators !== this.users) this.#grants.guard(this.operators);
  }

  /** Each server once. */
  get all(): readonly FastifyInstance[] {
    return [...new Set([this.operators, this.users])];
  }

  /**
   * Starts listening; returns a one-line problem, or undefined. The users' port opens last, when everything behind it
   * is ready.
   */
  async listen(): Promise<string | undefined> {
    const { host, port, adminHost, adminPort } = this.#config;
    if (this.operators !== this.users) {
      const problem = await tryListen(this.operators, adminHost, adminPort, 'admin-');
      if (problem !== undefined) return problem;
    }
    if (this.#outer === undefined) return tryListen(this.users, host, port, '');
    try {
      await this.users.ready();
    } catch (cause) {
      return `the routes cannot be served: ${firstLine(cause)}`;
    }
    // A program mounts the hub to keep its own `/`.
    const isOurs = (path: string): boolean => path !== '/' && this.#segments.has(segmentOf(path));
    this.#unmount = mountOn(this.#outer, this.users.server, isOurs);
    return undefined;
  }

  /** The server users connect to, if the hub owns it. */
  get own(): Server | undefined {
    return this.#outer === undefined ? this.users.server : undefined;
  }

  /** The server users connect to. */
  get outer(): Server {
    return this.#outer ?? this.users.server;
  }

  /** Closes open connections: nothing is owed to anybody by now. */
  async close(): Promise<void> {
    this.#unmount?.();
    // fastify waits for open connections, and clients may be slow.
    for (const { server } of this.all) server.close();
    for (const socket of this.#open) socket.destroy();
    for (const app of this.all) await app.close();
  }
}

/** The first segment of a path. */
function segmentOf(path: string): string {
  return path.split('/', 2)[1] ?? '';
}

async function tryListen(
  app: FastifyInstance,
  host: string,
  port: number,
  prefix: '' | 'admin-',
): Promise<string | undefined> {
  try {
    await app.listen({ host, port });
    return undefined;
  } catch (cause) {
    return listenProblem(cause, host, port, prefix);
  }
}
