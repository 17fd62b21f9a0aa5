/**
 * The hub's HTTP servers: one for users, possibly mounted on a program's server, and one for operators if they have
 * their own port.
 */

import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../../shared/words/message-of.js';
import type { Config } from '../config/config.js';
import { createHttp, type HttpParts } from '../transports/http/http.js';
import { mountOn } from '../transports/http/mount.js';

export class HttpServers {
  readonly users: FastifyInstance;
  /** The same as `users` when they share it. */
  readonly operators: FastifyInstance;
  readonly #config: Config;
  /** The program's server that users connect to. */
  readonly #outer: Server | undefined;
  /** First segments of the users' paths. */
  readonly #segments = new Set<string>();
  #unmount: (() => void) | undefined;
  /** Every TCP connection, upgraded or not: Node's own list forgets those that became WebSockets. */
  readonly #open = new Set<Socket>();

  private constructor(config: Config, users: FastifyInstance, operators: FastifyInstance, outer: Server | undefined) {
    this.#config = config;
    this.#outer = outer;
    this.users = users;
    this.operators = operators;
    for (const { server } of this.all) {
      server.on('connection', (socket: Socket) => {
        this.#open.add(socket);
        socket.once('close', () => this.#open.delete(socket));
      });
    }
    if (outer !== undefined) users.addHook('onRoute', ({ url }) => void this.#segments.add(segmentOf(url)));
  }

  /** Created, but not listening yet. */
  static async create(config: Config, parts: HttpParts, outer?: Server): Promise<HttpServers> {
    const { maxFrameBytes: maxBodyBytes, maxConnections } = config;
    const users = await createHttp({ maxBodyBytes, maxConnections }, parts);
    const operators = config.adminPort === 0 ? users : await createHttp({ maxBodyBytes, maxConnections }, parts);
    return new HttpServers(config, users, operators, outer);
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
    await this.users.ready();
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

  /** Routes users' requests for these paths here, when mounted on a program's server. */
  claim(path: string): void {
    this.#segments.add(segmentOf(path));
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
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE')
      return `port ${port} on ${host} is in use; stop what listens there, or choose another --${prefix}port`;
    if (code === 'EACCES')
      return `port ${port} needs rights that this user has not; choose a --${prefix}port above 1023`;
    if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
      return `${host} is no address of this machine; see --${prefix}host`;
    return `cannot listen on ${host}:${port}: ${messageOf(cause)}`;
  }
}
