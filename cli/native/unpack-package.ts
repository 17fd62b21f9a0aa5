/**
 * Restores @tensorflow/tfjs-node after npm dropped it because its install script failed. Changes neither package.json
 * nor the lockfile.
 */

import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Npm } from './native-tools.js';
import { runCommand } from './run-command.js';

export type Unpacked = { readonly ok: true; readonly folder: string } | { readonly ok: false; readonly reason: string };

const packageName = '@tensorflow/tfjs-node';

/** The folder of the installed package; undefined when it or one of its own dependencies is missing. */
export function findPackage(root: string): string | undefined {
  try {
    const folder = dirname(createRequire(join(root, 'package.json')).resolve(`${packageName}/package.json`));
    const own = createRequire(join(folder, 'package.json'));
    for (const dependency of ['@tensorflow/tfjs', '@mapbox/node-pre-gyp', 'google-protobuf'])
      own.resolve(`${dependency}/package.json`);
    return folder;
  } catch {
    return undefined;
  }
}

/**
 * Installs the locked packages in a separate folder and moves over those missing here. `npm install` in place would
 * work too, but would remove everything in node_modules that is not in the lockfile.
 */
export async function unpackPackage(root: string, npm: Npm, signal: AbortSignal): Promise<Unpacked> {
  const lockfile = join(root, 'package-lock.json');
  if (!existsSync(lockfile)) return { ok: false, reason: await adviceWithoutLockfile(root) };
  await mkdir(join(root, 'node_modules'), { recursive: true });
  const work = await mkdtemp(join(root, 'node_modules', '.unpacking-'));
  try {
    for (const file of [
      'package.json',
      'package-lock.json',
      '.npmrc',
      ...workspaceManifests(await readPackages(lockfile)),
    ]) {
      if (!existsSync(join(root, file))) continue;
      await mkdir(dirname(join(work, file)), { recursive: true });
      await cp(join(root, file), join(work, file));
    }
    const args = ['ci', '--ignore-scripts', '--omit=dev', '--include=optional', '--no-audit', '--no-fund'];
    const installed = await runCommand(npm.command, [...npm.args, ...args], { cwd: work, timeoutMs: 600_000, signal });
    if (!installed.ok) return installed;
    for (const place of optionalPlaces(await readPackages(join(work, 'node_modules', '.package-lock.json')))) {
      if (existsSync(join(root, place))) continue;
      await mkdir(dirname(join(root, place)), { recursive: true });
      await rename(join(work, place), join(root, place));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const folder = findPackage(root);
  return folder === undefined
    ? { ok: false, reason: `npm ended well, but ${packageName} did not come with it` }
    : { ok: true, folder };
}

/** Paths of the packages that npm may leave out, parents before what is nested in them. */
export function optionalPlaces(packages: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(packages)
    .filter(([place, entry]) => place.startsWith('node_modules/') && isOptional(entry))
    .map(([place]) => place)
    .sort();
}

/** A lockfile lists workspaces by folder: npm expects their manifests beside the lockfile. */
export function workspaceManifests(packages: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(packages)
    .filter((place) => place !== '' && !place.includes('node_modules/'))
    .map((place) => `${place}/package.json`);
}

function isOptional(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'optional' in entry && entry.optional === true;
}

async function readPackages(lockfile: string): Promise<Readonly<Record<string, unknown>>> {
  const parsed: unknown = JSON.parse(await readFile(lockfile, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null || !('packages' in parsed)) return {};
  const { packages } = parsed;
  return typeof packages === 'object' && packages !== null ? { ...packages } : {};
}

async function adviceWithoutLockfile(root: string): Promise<string> {
  const manifest: { optionalDependencies?: Record<string, string> } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const spec = `${packageName}@${manifest.optionalDependencies?.[packageName] ?? 'latest'}`;
  return `${packageName} is not installed, and there is no lockfile to take it from: run npm install --ignore-scripts ${spec}, then this again`;
}
