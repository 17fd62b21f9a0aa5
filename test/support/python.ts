/** Pythons with a package each in folders of their own, created once and kept. */

import { execFile } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const INSTALL_MS = 120_000;

const run = promisify(execFile);

export type PythonFound =
  | { readonly ok: true; readonly python: string }
  | { readonly ok: false; readonly problem: string };

interface Need {
  /** Of the folder. */
  readonly name: string;
  /** The versions that the tests were written against. */
  readonly requirement: string;
  /** Fails where an earlier run was cut off, or installed something else. */
  readonly check: string;
}

const SOCKET_IO: Need = {
  name: 'python',
  requirement: 'python-socketio[client]>=5.11,<6',
  check: 'import socketio, websocket, requests',
};
/** One version: its Unicode tables are those that the hub's follow. */
const TOKENIZERS: Need = {
  name: 'python-tokenizers',
  requirement: 'tokenizers==0.23.3',
  check: 'import tokenizers; assert tokenizers.__version__ == "0.23.3"',
};

/** With python-socketio. */
export function findPython(): Promise<PythonFound> {
  return find(SOCKET_IO);
}

/** With the reference implementation of tokenizers. */
export function findTokenizers(): Promise<PythonFound> {
  return find(TOKENIZERS);
}

/** Path of the interpreter. */
async function find({ name, requirement, check }: Need): Promise<PythonFound> {
  const cache = process.env.TICKCAST_CACHE ?? join(import.meta.dirname, '../../.cache');
  const folder = join(cache, name);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (await passes(python, check)) return { ok: true, python };
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    await run('python3', ['-m', 'venv', folder], { timeout: INSTALL_MS });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement];
    await run(python, install, { timeout: INSTALL_MS });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    return { ok: false, problem: `python3 with venv and pip could not install ${requirement}: ${reason}` };
  }
  return { ok: true, python };
}

/** True when an earlier run completed. */
async function passes(python: string, check: string): Promise<boolean> {
  try {
    await stat(python);
    await run(python, ['-c', check], { timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}
