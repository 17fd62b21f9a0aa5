/** Hub and SDK from their tarballs: as packed at an earlier commit, and as packed now. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { HubModules } from './contract-hub.js';
import type { Sdk } from './contract-sdk.js';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const KEPT = join(root, 'test/fixtures/releases');
const PACK = ['pack', '--ignore-scripts', '--silent', '--pack-destination'];

/** Both packages, unpacked. */
export interface Release {
  readonly sdk: () => Promise<Sdk>;
  /** For a hub in this process. */
  readonly hub: () => Promise<HubModules>;
  /** The program of the hub's own process. */
  readonly main: string;
}

export interface Releases {
  /** The one packed at this commit. */
  before(commit: string): Promise<Release>;
  now(): Promise<Release>;
  close(): Promise<void>;
}

/** In a folder of the build, where packages find their dependencies in this repository. */
export async function openReleases(): Promise<Releases> {
  const folder = await mkdtemp(join(root, 'dist/releases-'));
  const place = async (name: string): Promise<string> => {
    const made = join(folder, name);
    await mkdir(made);
    return made;
  };
  return {
    before: async (commit) => {
      const at = await place(commit);
      const names = (await readdir(KEPT)).filter((name) => name.endsWith(`-${commit}.tgz`));
      return unpack(
        names.map((name) => join(KEPT, name)),
        at,
      );
    },
    now: async () => {
      const at = await place('now');
      await Promise.all([run('npm', [...PACK, at], { cwd: root }), packClient(at)]);
      return unpack(
        (await readdir(at)).filter((name) => name.endsWith('.tgz')).map((name) => join(at, name)),
        at,
      );
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** In a copy, since another test packs the client in its own folder. */
async function packClient(to: string): Promise<void> {
  const copy = join(to, 'packing');
  await mkdir(copy);
  await cp(join(root, 'client/package.json'), join(copy, 'package.json'));
  await run('npx', ['tsc', '-p', 'client/tsconfig.pack.json', '--outDir', join(copy, 'dist')], { cwd: root });
  await run('npm', [...PACK, to], { cwd: copy });
}

/** As an install would, so that Node loads what is in them as it is. */
async function unpack(tarballs: readonly string[], at: string): Promise<Release> {
  const hub = join(at, 'node_modules/tickcast');
  const client = join(at, 'node_modules/@tickcast/client');
  await Promise.all(
    tarballs.map(async (tarball) => {
      const to = tarball.includes('tickcast-client-') ? client : hub;
      await mkdir(to, { recursive: true });
      await run('tar', ['-xzf', tarball, '-C', to, '--strip-components', '1']);
    }),
  );
  const server = join(hub, 'dist/server');
  return {
    sdk: () => import(join(client, 'dist/client/index.js')) as Promise<Sdk>,
    hub: async () => {
      const parts = await Promise.all(MODULES.map((path) => import(join(server, path)) as Promise<object>));
      // What the contract takes of them has kept its form.
      return Object.assign({}, ...parts) as HubModules;
    },
    main: join(server, 'main.js'),
  };
}

/** Where {@link HubModules} are in the package. */
const MODULES = [
  'core/hub.js',
  'core/taps.js',
  'streams/streams.js',
  'streams/memory-broker.js',
  'transports/http/rest-door.js',
  'transports/socketio/socketio-door.js',
  'app/door-server.js',
] as const;

/** The sha256 of each kept tarball, by its name. */
export async function keptChecksums(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(KEPT)).filter((name) => name.endsWith('.tgz'));
  const sums = names.map(async (name) => {
    const bytes = await readFile(join(KEPT, name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(sums));
}
