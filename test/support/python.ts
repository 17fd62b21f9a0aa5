/** A Python with python-socketio in its own folder, created once and kept. */

import { execFile } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The range that the test was written against. */
const REQUIREMENT = 'python-socketio[client]>=5.11,<6';
const INSTALL_MS = 120_000;

const run = promisify(execFile);

export type PythonFound =
  | { readonly ok: true; readonly python: string }
  | { readonly ok: false; readonly problem: string };

/** Path of the interpreter. */
export async function findPython(): Promise<PythonFound> {
  const cache = process.env.TICKCAST_CACHE ?? join(import.meta.dirname, '../../.cache');
  const folder = join(cache, 'python');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (await imports(python)) return { ok: true, python };
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    await run('python3', ['-m', 'venv', folder], { timeout: INSTALL_MS });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', REQUIREMENT];
    await run(python, install, { timeout: INSTALL_MS });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    return { ok: false, problem: `python3 with venv and pip could not install python-socketio: ${reason}` };
  }
  return { ok: true, python };
}

/** True when an earlier run completed. */
async function imports(python: string): Promise<boolean> {
  try {
    await stat(python);
    await run(python, ['-c', 'import socketio, websocket, requests'], { timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}
