/**
 * Finds the tools for building the native library: Python with pip, a C++ compiler and npm. Names the Debian package of
 * a missing one.
 */

import { basename } from 'node:path';
import type { Machine } from './native-source.js';
import { runCommand } from './run-command.js';

export interface Npm {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Tools {
  readonly compiler: string;
  readonly npm: Npm;
}

export type ToolSearch = { readonly ok: true; readonly tools: Tools } | { readonly ok: false; readonly reason: string };

const askTimeoutMs = 30_000;

export function thisMachine(): Machine {
  const report: unknown = process.report.getReport();
  return { platform: process.platform, arch: process.arch, glibc: glibcVersion(report) };
}

/** The C library of this Node, from Node's diagnostic report, which has no version for musl. */
export function glibcVersion(report: unknown): string | undefined {
  if (typeof report !== 'object' || report === null || !('header' in report)) return undefined;
  const { header } = report;
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) return undefined;
  return typeof header.glibcVersionRuntime === 'string' ? header.glibcVersionRuntime : undefined;
}

export async function findTools(signal: AbortSignal): Promise<ToolSearch> {
  const works = async (command: string, args: readonly string[]) =>
    (await runCommand(command, args, { timeoutMs: askTimeoutMs, signal })).ok;
  const missing: { readonly what: string; readonly debian: string }[] = [];
  if (!(await works('python3', ['--version']))) missing.push({ what: 'python3', debian: 'python3 python3-pip' });
  else if (!(await works('python3', ['-m', 'pip', '--version'])))
    missing.push({ what: 'pip for python3', debian: 'python3-pip' });
  const compiler = await firstThat(compilers(process.env), (candidate) => works(candidate, ['--version']));
  if (compiler === undefined) missing.push({ what: 'a C++ compiler (g++)', debian: 'g++' });
  const npm = findNpm(process.env);
  if (!(await works(npm.command, [...npm.args, '--version']))) missing.push({ what: 'npm', debian: 'npm' });
  if (signal.aborted) return { ok: false, reason: 'interrupted' };
  if (compiler === undefined || missing.length > 0) return { ok: false, reason: describeMissing(missing) };
  return { ok: true, tools: { compiler, npm } };
}

export function describeMissing(missing: readonly { readonly what: string; readonly debian: string }[]): string {
  const what = missing.map((tool) => tool.what).join(' and ');
  const packages = missing.map((tool) => tool.debian).join(' ');
  return `${what} ${missing.length === 1 ? 'is' : 'are'} missing; on Debian and Ubuntu: apt-get install ${packages}`;
}

/** npm tells its scripts where it is; a script started otherwise uses the npm on PATH. */
export function findNpm(env: NodeJS.ProcessEnv): Npm {
  const running = env.npm_execpath;
  const isNpm = running !== undefined && basename(running) === 'npm-cli.js';
  return isNpm ? { command: process.execPath, args: [running] } : { command: 'npm', args: [] };
}

function compilers(env: NodeJS.ProcessEnv): readonly string[] {
  const own = env.CXX;
  return own === undefined || own === '' ? ['g++', 'c++', 'clang++'] : [own];
}

async function firstThat<T>(
  candidates: readonly T[],
  holds: (candidate: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const candidate of candidates) if (await holds(candidate)) return candidate;
  return undefined;
}
