/**
 * Finds, installs once into the cache folder, and runs the Autobahn test suite in its own Python environment. Knows
 * Python; judges nothing.
 */

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GROUPS } from './verdict.js';

const VERSION = '25.10.1';
/** The last version that creates Python 2.7 environments. */
const VIRTUALENV = '20.15.1';
const INSTALL_MS = 300_000;
const RUN_MS = 600_000;

const run = promisify(execFile);

/** The suite's command; installs it on the first call. Throws with what is missing. */
export async function installSuite(cache: string, note: (line: string) => void): Promise<string> {
  const folder = join(cache, `autobahn-${VERSION}`);
  const command = join(folder, 'bin', 'wstest');
  if (existsSync(command)) return command;
  const python = await findPython();
  note(`installing autobahntestsuite ${VERSION} for ${python} into ${folder}`);
  await mkdir(cache, { recursive: true });
  const maker = join(cache, 'virtualenv');
  const options = { timeout: INSTALL_MS };
  await run('python3', ['-m', 'venv', maker], options);
  await run(join(maker, 'bin', 'pip'), ['install', '--quiet', `virtualenv==${VIRTUALENV}`], options);
  await run(join(maker, 'bin', 'virtualenv'), ['--quiet', '--python', python, folder], options);
  try {
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', `autobahntestsuite==${VERSION}`], options);
  } catch (error) {
    // A partial installation must not pass for a complete one next time.
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return command;
}

/** Runs the groups against a server; returns the content of the suite's index. */
export async function runSuite(command: string, port: number, folder: string): Promise<unknown> {
  const spec = {
    outdir: join(folder, 'reports'),
    servers: [{ agent: 'tickcast', url: `ws://127.0.0.1:${port}` }],
    cases: GROUPS,
    'exclude-cases': [],
    'exclude-agent-cases': {},
  };
  const file = join(folder, 'spec.json');
  await writeFile(`${file}.new`, JSON.stringify(spec));
  await rename(`${file}.new`, file);
  await run(command, ['--mode', 'fuzzingclient', '--spec', file], {
    timeout: RUN_MS,
    maxBuffer: 64 << 20,
    cwd: folder,
  });
  return JSON.parse(await readFile(join(spec.outdir, 'index.json'), 'utf8'));
}

/** Python 2.7: named by a variable, from the path, or from pyenv. */
async function findPython(): Promise<string> {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const ofPyenv = existsSync(versions) ? readdirSync(versions).filter((name) => name.startsWith('2.7')) : [];
  const candidates = [
    process.env.PYTHON27,
    'python2.7',
    ...ofPyenv.map((name) => join(versions, name, 'bin', 'python2.7')),
  ];
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    // A pyenv shim is on the path even when it leads nowhere.
    const path = await run(candidate, ['-c', 'import sys; print(sys.executable)'], { timeout: 10_000 }).then(
      ({ stdout }) => stdout.trim(),
      () => '',
    );
    if (path !== '') return path;
  }
  throw new Error(
    'the Autobahn suite needs Python 2.7; install it (pyenv install 2.7.18) or name it in the variable PYTHON27',
  );
}
