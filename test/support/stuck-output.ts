/** A hub whose standard output is chosen by the test: a pipe that nobody reads, a terminal, a full disk. */

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../../bench/harness/free-port.js';
import { writeLinear } from './tiny-models.js';
import { until, within } from './until.js';

export interface StuckHub {
  readonly child: ChildProcess;
  readonly url: string;
  readonly folder: string;
  /**
   * Requests this many predictions, each followed by a missing path, which makes a long line; returns how often all
   * went well.
   */
  predict(times: number): Promise<number>;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
}

const main = new URL('../../dist/server/main.js', import.meta.url).pathname;

const AT_ONCE = 16;
/** As long as the path in a log line can be. */
const NOWHERE = `/${'nowhere-'.repeat(25)}`;

/** @param command runs the hub's own command, which is passed to it, such as a shell or `script`. */
export async function startStuckHub(
  options: readonly string[],
  stdio: StdioOptions,
  command: (node: readonly string[], folder: string) => readonly string[] = (node) => node,
): Promise<StuckHub> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-output-'));
  await writeLinear(folder);
  // What the hub says of its own choice cannot be read here.
  const port = await freePort();
  const args = ['--port', String(port), '--model', folder, '--engine', 'wasm', '--grace-ms', '3000', ...options];
  const [program = '', ...rest] = command([process.execPath, main, ...args], folder);
  const child = spawn(program, rest, { stdio });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(async ([code]: (number | null)[]) => {
    await rm(folder, { recursive: true, force: true });
    return code ?? null;
  });
  const url = `http://127.0.0.1:${port}`;
  const ready = async (): Promise<boolean> => (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
  await until('the hub is ready', ready, 60_000);
  const predict = async (times: number): Promise<number> => {
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    let answered = 0;
    const one = async (): Promise<void> => {
      const body = '{"input":[1]}';
      const status = await within('an answer', ask(`${url}/predict`, agent, body));
      const nowhere = await within('a refusal', ask(url + NOWHERE, agent));
      if (status === 200 && nowhere === 404) answered += 1;
    };
    for (let i = 0; i < times; i += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, times - i) }, one));
    const probe = await within('a probe', ask(`${url}/healthz`, agent));
    agent.destroy();
    return probe === 200 ? answered : 0;
  };
  return { child, url, folder, predict, exited };
}

function ask(url: string, agent: Agent, body?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length },
    });
    asked.on('error', reject);
    asked.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
    asked.end(body);
  });
}
