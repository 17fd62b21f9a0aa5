/** A Python with certain packages in a folder of its own, created once and kept. */

import { execFile } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** What a test needs of Python. */
export interface PythonNeeds {
  /** The folder, in the cache of the repository. */
  readonly name: string;
  /** As pip takes them: the ranges that the test was written against. */
  readonly requirements: readonly string[];
  /** Modules that can be imported once they are installed. */
  readonly modules: readonly string[];
}

const SOCKET_IO: PythonNeeds = {
  name: 'python',
  requirements: ['python-socketio[client]>=5.11,<6'],
  modules: ['socketio', 'websocket', 'requests'],
};
/** One version: its Unicode tables are those that the hub's follow. */
const TOKENIZERS: PythonNeeds = {
  name: 'python-tokenizers',
  requirements: ['tokenizers==0.23.3'],
  modules: ['tokenizers'],
};
const INSTALL_MS = 300_000;

const run = promisify(execFile);

export type PythonFound =
  | { readonly ok: true; readonly python: string }
  | { readonly ok: false; readonly problem: string };

/** With the reference implementation of tokenizers. */
export function findTokenizers(): Promise<PythonFound> {
  return findPython(TOKENIZERS);
}

/** Path of the interpreter. */
export async function findPython({ name, requirements, modules }: PythonNeeds = SOCKET_IO): Promise<PythonFound> {
  const cache = process.env.TICKCAST_CACHE ?? join(import.meta.dirname, '../../.cache');
  const folder = join(cache, name);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (await imports(python, modules)) return { ok: true, python };
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    await run('python3', ['-m', 'venv', folder], { timeout: INSTALL_MS });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements];
    await run(python, install, { timeout: INSTALL_MS });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    return { ok: false, problem: `python3 with venv and pip could not install ${requirements.join(', ')}: ${reason}` };
  }
  return { ok: true, python };
}

/** True when an earlier run completed. */
async function imports(python: string, modules: readonly string[]): Promise<boolean> {
  try {
    await stat(python);
    await run(python, ['-c', `import ${modules.join(', ')}`], { timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}
