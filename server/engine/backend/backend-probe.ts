/**
 * Probes each backend in a child process of its own, so that a broken native library crashes only the child. Knows how
 * to start a child and read its answer; the probe itself is in backend-probe-child.ts.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BackendName, backendNames } from './names.js';

export type BackendProbe =
  | { readonly name: BackendName; readonly available: true; readonly version: string; readonly startMs: number }
  | { readonly name: BackendName; readonly available: false; readonly reason: string; readonly remedy: string };

/** How a child ended: what it printed, and why it ended unless by itself with code 0. */
export interface ChildEnd {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
}

const probeTimeoutMs = 60_000;
const childFile = fileURLToPath(new URL('./backend-probe-child.js', import.meta.url));

/** One after the other, because a native library and its first run use all cores. */
export async function probeBackends(): Promise<readonly BackendProbe[]> {
  const probes: BackendProbe[] = [];
  for (const name of backendNames) probes.push(await probeBackend(name));
  return probes;
}

export async function probeBackend(name: BackendName, signal?: AbortSignal): Promise<BackendProbe> {
  return readProbe(name, await runChild(name, signal));
}

export function readProbe(name: BackendName, end: ChildEnd): BackendProbe {
  const remedy = name === 'native' ? 'npx tickcast native' : 'npm ci';
  const unavailable = (reason: string, what = remedy): BackendProbe => ({
    name,
    available: false,
    reason,
    remedy: what,
  });
  if (end.timedOut) return unavailable(`it did not predict within ${probeTimeoutMs / 1000} s`);
  if (end.signal === 'SIGILL') {
    return unavailable('the library needs processor instructions (AVX) that this machine lacks', 'use wasm');
  }
  if (end.signal !== null) return unavailable(`the library ended its process with ${end.signal}`);
  const line = end.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (end.code !== 0 || !line.startsWith('{')) {
    const words =
      end.stderr.split('\n').find((candidate) => candidate.includes('Error')) ?? end.stderr.trim().split('\n').at(-1);
    return unavailable(`its process ended with code ${end.code}: ${words ?? ''}`.trim());
  }
  // Our own child printed this line from a value of this type.
  return JSON.parse(line) as BackendProbe;
}

function runChild(name: BackendName, signal?: AbortSignal): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const options = { timeout: probeTimeoutMs, maxBuffer: 1 << 20, ...(signal === undefined ? {} : { signal }) };
    const child = execFile(process.execPath, [childFile, name], options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : child.exitCode;
      resolve({
        stdout,
        stderr,
        code,
        signal: error?.signal ?? null,
        timedOut: error?.killed === true && signal?.aborted !== true,
      });
    });
  });
}
