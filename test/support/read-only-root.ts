/**
 * Runs commands as a container runtime would: a folder is the root, nobody can write to it, and an unprivileged user
 * runs them.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Mount {
  readonly source: string;
  /** Path inside the root. */
  readonly target: string;
  readonly writable: boolean;
}

export interface ReadOnlyRootOptions {
  readonly folder: string;
  readonly mounts: readonly Mount[];
  readonly uid: number;
  readonly gid: number;
}

/**
 * Arguments: root, then source, target and `rw` or `ro` of each mount, then `--` and the command. Each step is an exec:
 * one process.
 */
const SCRIPT = `
root=$1; shift
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  if [ "$3" = rw ]; then
    mount --rbind "$1" "$root$2"
  else
    mount --bind "$1" "$root$2"
    mount -o remount,bind,ro "$root$2"
  fi
  shift 3
done
shift
mount -o remount,bind,ro "$root"
exec chroot "$root" "$@"`;

/**
 * What the base image would have, the C library and coreutils, and what the runtime provides: processes and devices.
 */
const HOST_FOLDERS = ['usr', 'bin', 'lib', 'lib64', 'proc', 'dev'];
const WRITABLE = ['proc', 'dev'];

export class ReadOnlyRoot {
  readonly #words: readonly string[];

  private constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** Undefined when this machine does not allow it: it takes root on Linux and the right to make mount namespaces. */
  static async make({ folder, mounts, uid, gid }: ReadOnlyRootOptions): Promise<ReadOnlyRoot | undefined> {
    const all = [...mounts];
    for (const name of HOST_FOLDERS) {
      const found = await lstat(`/${name}`).catch(() => undefined);
      if (found?.isSymbolicLink()) await symlink(await readlink(`/${name}`), join(folder, name));
      else if (found !== undefined)
        all.unshift({ source: `/${name}`, target: `/${name}`, writable: WRITABLE.includes(name) });
    }
    for (const { target } of all) await mkdir(join(folder, target), { recursive: true });
    const triples = all.flatMap(({ source, target, writable }) => [source, target, writable ? 'rw' : 'ro']);
    const user = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--bounding-set=-all', '--no-new-privs'];
    const root = new ReadOnlyRoot([
      ...['--mount', '--propagation', 'private', 'sh', '-ec', SCRIPT, 'sh', folder, ...triples, '--'],
      ...['/usr/bin/setpriv', ...user, '/usr/bin/env', '-i'],
    ]);
    try {
      await promisify(execFile)('unshare', [...root.#words, '/usr/bin/true']);
      return root;
    } catch {
      return undefined;
    }
  }

  /**
   * Starts a command in a folder of the root with exactly this environment. The process is the command itself, and gets
   * its signals.
   */
  spawn(command: readonly string[], workdir: string, env: Readonly<Record<string, string>>): ChildProcess {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    return spawn('unshare', [...this.#words, '-C', workdir, ...variables, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
