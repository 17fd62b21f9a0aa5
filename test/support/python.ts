/** A Python with certain packages in a folder of its own, created once and kept. */

import { execFile } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a test needs of Python. */
export interface PythonNeeds {
  /** The folder, in the cache of the repository. */
  readonly name: string;
  /** As pip takes them: the ranges that the test was written against. */
  readonly requirements: readonly string[];
  /** Installed as they are, without what they require. */
  readonly bare?: readonly string[];
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
const BESIDE = ['tensorflow-hub==0.16.1', 'importlib_resources', 'packaging', 'setuptools<81'];
const CONVERTER = 'tensorflowjs==4.22.0';
/**
 * TensorFlow with Keras 2 and converters of its models. Without what that of TensorFlow.js says it needs: JAX and decision
 * forests, of which it reads no such model.
 */
export const KERAS_2: PythonNeeds = {
  name: 'python-tensorflow',
  requirements: ['tensorflow-cpu==2.15.1', 'tf-keras==2.15.1', ...BESIDE],
  bare: [CONVERTER, 'tf2onnx==1.16.1', 'onnx==1.16.2'],
  modules: ['tensorflow', 'tf_keras', 'tensorflow_hub', 'onnx'],
};
/** The same with Keras 3. */
export const KERAS_3: PythonNeeds = {
  name: 'python-keras3',
  requirements: ['tensorflow-cpu==2.21.0', 'tf-keras==2.21.0', 'keras==3.15.1', ...BESIDE],
  bare: [CONVERTER],
  modules: ['tensorflow', 'tf_keras', 'tensorflow_hub', 'keras'],
};
const INSTALL_MS = 300_000;
const INSTALL = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'] as const;

const run = promisify(execFile);

export type PythonFound =
  | { readonly ok: true; readonly python: string }
  | { readonly ok: false; readonly problem: string };

/** With the reference implementation of tokenizers. */
export function findTokenizers(): Promise<PythonFound> {
  return findPython(TOKENIZERS);
}

/** Path of the interpreter. Files that need the same one beside each other wait for its installation. */
export async function findPython(needs: PythonNeeds = SOCKET_IO): Promise<PythonFound> {
  const cache = process.env.TICKCAST_CACHE ?? join(import.meta.dirname, '../../.cache');
  const folder = join(cache, needs.name);
  await mkdir(cache, { recursive: true });
  return alone(`${folder}.lock`, () => find(folder, needs));
}

/** One process at a time: the lock is a folder. One that was left behind counts no more after a while. */
async function alone<T>(lock: string, act: () => Promise<T>): Promise<T> {
  for (;;) {
    const isMine = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (isMine) break;
    const made = await stat(lock).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > 3 * INSTALL_MS)
      await rm(lock, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    return await act();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function find(folder: string, { requirements, bare = [], modules }: PythonNeeds): Promise<PythonFound> {
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (await imports(python, modules)) return { ok: true, python };
  try {
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder], { timeout: INSTALL_MS });
    await run(python, [...INSTALL, ...requirements], { timeout: INSTALL_MS });
    if (bare.length > 0) await run(python, [...INSTALL, '--no-deps', ...bare], { timeout: INSTALL_MS });
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
