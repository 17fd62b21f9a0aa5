/** Reads a file with secrets, only if nobody else can read it. */

import { type FileHandle, open, stat } from 'node:fs/promises';

export type ProtectedRead =
  /** `mark` changes when the file is replaced or modified. */
  | { readonly ok: true; readonly text: string; readonly mark: string }
  | { readonly ok: false; readonly problem: string };

const MAX_BYTES = 1 << 20;
const GROUP_READ = 0o040;
const OTHERS = 0o077;

/** Reads the whole file. Checks the file that was opened, not the name, which may lead elsewhere by now. */
export async function readProtected(path: string): Promise<ProtectedRead> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    return { ok: false, problem: `${path} ${openProblem(cause)}` };
  }
  try {
    const facts = await file.stat({ bigint: true });
    if (!facts.isFile()) return { ok: false, problem: `${path} is no file` };
    const problem = modeProblem(path, Number(facts.mode), Number(facts.uid), process.getuid?.());
    if (problem !== undefined) return { ok: false, problem };
    if (facts.size > MAX_BYTES)
      return { ok: false, problem: `${path} is over ${MAX_BYTES} bytes; is it a token file?` };
    return { ok: true, text: await file.readFile('utf8'), mark: markOf(facts) };
  } catch (cause) {
    return { ok: false, problem: `${path} cannot be read (${codeOf(cause)})` };
  } finally {
    await file.close();
  }
}

/** The mark of the file the name leads to now; a word when there is none. */
export async function fileMark(path: string): Promise<string> {
  try {
    return markOf(await stat(path, { bigint: true }));
  } catch (cause) {
    return codeOf(cause);
  }
}

/**
 * Nobody but the owner may have any rights to it. One exception: the group may read a file owned by another user,
 * because Kubernetes gives a secret to root and to the pod's group, and that is how it reaches the hub.
 */
export function modeProblem(path: string, mode: number, owner: number, me: number | undefined): string | undefined {
  // Platforms without users have no such modes.
  if (me === undefined) return undefined;
  const allowed = owner === me ? 0 : GROUP_READ;
  if ((mode & OTHERS & ~allowed) === 0) return undefined;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  const remedy = owner === me ? '600' : '640';
  return `others than its owner can use ${path} (mode ${octal}); take their rights away: chmod ${remedy} ${path}`;
}

interface FileFacts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

function markOf({ dev, ino, size, mtimeNs, ctimeNs }: FileFacts): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function openProblem(cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'is missing; docs/access.md says how to make it';
  if (code === 'EACCES') return 'cannot be read by this user; give it to the user that the hub runs as';
  return `cannot be opened (${code})`;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}
