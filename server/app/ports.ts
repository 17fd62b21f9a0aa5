/** Whether a port can be listened on, and why not, for people. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { firstLine } from '../../shared/words/message-of.js';
import type { Config } from '../config/config.js';

/** @param prefix of the options that choose host and port. */
export function listenProblem(cause: unknown, host: string, port: number, prefix: '' | 'admin-'): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE')
    return `port ${port} on ${host} is in use; stop what listens there, or choose another --${prefix}port`;
  if (code === 'EACCES') return `port ${port} needs rights that this user has not; choose a --${prefix}port above 1023`;
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return `${host} is no address of this machine; see --${prefix}host`;
  return `cannot listen on ${host}:${port}: ${firstLine(cause)}`;
}

/** Listens on the ports of the options for a moment, all at a time. Returns what is wrong with each. */
export async function portProblems({
  host,
  port,
  adminHost,
  adminPort,
}: Pick<Config, 'host' | 'port' | 'adminHost' | 'adminPort'>): Promise<readonly string[]> {
  const problems: string[] = [];
  const servers: Server[] = [];
  const hold = async (at: string, which: number, prefix: '' | 'admin-'): Promise<void> => {
    const server = createServer();
    servers.push(server);
    try {
      server.listen(which, at);
      await once(server, 'listening');
    } catch (cause) {
      problems.push(listenProblem(cause, at, which, prefix));
    }
  };
  await hold(host, port, '');
  if (adminPort !== 0) await hold(adminHost, adminPort, 'admin-');
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return problems;
}
