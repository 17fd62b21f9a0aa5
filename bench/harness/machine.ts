/** Describes the machine, and checks what the bench needs of it. Linux only: it pins with taskset and reads /proc. */

import { execFileSync } from 'node:child_process';
import { cpus, platform, release, totalmem } from 'node:os';
import { messageOf } from '../../shared/words/message-of.js';
import { LOADER_CORE } from './child.js';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Of the measured code, with `+` for uncommitted changes; undefined outside a repository. */
  readonly commit: string | undefined;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    commit: commit(),
  };
}

export function machineText({ cpu, cores, node, commit }: Machine): string {
  return `${cpu}, ${cores} cores, Node ${node}${commit === undefined ? '' : `, commit ${commit}`}`;
}

function commit(): string | undefined {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' });
  try {
    return git('rev-parse', '--short', 'HEAD').trim() + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return undefined;
  }
}

/** What the machine lacks to separate server and load; undefined when nothing. */
export function machineLack(): string | undefined {
  if (platform() !== 'linux') return `the bench needs Linux (taskset and /proc), and this is ${platform()}`;
  if (cpus().length < 2)
    return 'the bench needs two cores, one for the server and one for the load; this machine has one';
  return tasksetProblem('--version');
}

/** Moves this process off the servers' core; returns what the machine lacks, if anything. */
export function takeLoaderCore(): string | undefined {
  return machineLack() ?? tasksetProblem('-cp', String(LOADER_CORE), String(process.pid));
}

function tasksetProblem(...args: readonly string[]): string | undefined {
  try {
    execFileSync('taskset', args, { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `taskset (package util-linux) cannot pin processes to a core: ${messageOf(error)}`;
  }
}
