/**
 * Measures how long new clients take to connect to a server under full load. Knows server and loaders; knows nothing of
 * targets.
 */

import { type ServerName, ServerProcess, type ServerSetting } from '../servers/server-process.js';
import { LoaderProcess } from './loader-process.js';

/** The number of sockets that load the server, and of new ones. */
export const NEWCOMERS = 256;

export interface NewcomersPlan {
  readonly server: ServerName;
  readonly setting: ServerSetting;
  readonly warmUpSeconds: number;
}

/** Milliseconds from the first new connection until all are ready for requests. */
export async function connectNewcomers({ server: name, setting, warmUpSeconds }: NewcomersPlan): Promise<number> {
  const server = await ServerProcess.start(name, setting);
  const plan = { port: server.port, sockets: NEWCOMERS, pipeline: 1, awaitHello: name === 'hub' };
  const loaders: LoaderProcess[] = [];
  try {
    const load = new LoaderProcess(plan);
    loaders.push(load);
    await load.opened();
    load.start();
    await load.run(warmUpSeconds);
    const newcomers = new LoaderProcess(plan);
    loaders.push(newcomers);
    const ms = await newcomers.opened();
    // Proves that the load was still running.
    await load.begin();
    await load.run(0.2);
    await load.end();
    return ms;
  } finally {
    await Promise.all(loaders.map((loader) => loader.close()));
    await server.end();
  }
}
