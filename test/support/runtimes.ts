/** Other runtimes of JavaScript than Node, in a folder of their own: 200 MB that only CI fetches. */

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The versions that the documentation names. */
export const RUNTIMES = { bun: '1.4.5', deno: '2.9.6' } as const;
const INSTALL_MS = 240_000;
const ASK_MS = 30_000;

const run = promisify(execFile);

export type RuntimeName = keyof typeof RUNTIMES;

export type RuntimeFound =
  | { readonly ok: true; readonly program: string }
  | { readonly ok: false; readonly problem: string };

/** Fetched earlier, or now where `CI` is set; otherwise what this machine has, of any version. */
export async function findRuntime(name: RuntimeName): Promise<RuntimeFound> {
  const wanted = `${name} ${RUNTIMES[name]}`;
  const folder = join(process.env.TICKCAST_CACHE ?? join(import.meta.dirname, '../../.cache'), 'runtimes', name);
  const program = join(folder, 'node_modules/.bin', name);
  if ((await versionOf(program))?.includes(RUNTIMES[name])) return { ok: true, program };
  if (!process.env.CI) {
    if ((await versionOf(name)) !== undefined) return { ok: true, program: name };
    return { ok: false, problem: `there is no ${name}; install it, or set CI to fetch ${wanted} from the registry` };
  }
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    const args = [
      'install',
      `${name}@${RUNTIMES[name]}`,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--save-exact',
    ];
    await run('npm', args, { cwd: folder, timeout: INSTALL_MS });
    // It puts the binary of this platform in its place.
    if (name === 'bun') await run(process.execPath, ['node_modules/bun/install.js'], { cwd: folder, timeout: ASK_MS });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    return { ok: false, problem: `${wanted} could not be installed: ${reason}` };
  }
  const version = await versionOf(program);
  return version === undefined ? { ok: false, problem: `${wanted} does not run here` } : { ok: true, program };
}

async function versionOf(program: string): Promise<string | undefined> {
  try {
    return (await run(program, ['--version'], { timeout: ASK_MS })).stdout;
  } catch {
    return undefined;
  }
}
