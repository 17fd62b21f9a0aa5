/**
 * A hub that a test started as a container: waits until it is ready, queries it, and reads its privileges from the
 * kernel.
 */

import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export interface Container {
  readonly process: ChildProcess;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** Its output so far. */
  output(): string;
}

/** Resolves when /readyz returns 200; rejects when the process ends before. */
export async function whenReady(child: ChildProcess, env: Readonly<Record<string, string>>): Promise<Container> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const url = `http://127.0.0.1:${env.TICKCAST_PORT}`;
  while (
    !(await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`the hub ended: ${output}`);
    await new Promise((next) => setTimeout(next, 50));
  }
  return { process: child, url, env, output: () => output };
}

export function predict({ url }: Container, token = ''): Promise<Response> {
  const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify({ input: 'I love this, what a wonderful day!' }),
  });
}

export interface Rights {
  /** Real, effective, saved and file system user. */
  readonly uids: readonly string[];
  /** Effective capabilities, hexadecimal. */
  readonly capabilities: string;
  /** Mounts that are not read-only. */
  readonly writable: readonly string[];
}

export async function rightsOf(process: ChildProcess): Promise<Rights> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8');
  const mounts = (await readFile(`/proc/${process.pid}/mountinfo`, 'utf8')).trimEnd().split('\n');
  const writable = mounts.map((line) => line.split(' ')).filter(([, , , , , options]) => options?.startsWith('rw'));
  return {
    uids: /^Uid:\s+(.*)$/m.exec(status)?.[1]?.split('\t') ?? [],
    capabilities: /^CapEff:\s+(\w+)$/m.exec(status)?.[1] ?? '',
    writable: writable.map(([, , , , path = '']) => path),
  };
}
