/**
 * One nginx in front of the hubs: its files, its processes by their ids, its reloads, its end. Knows nothing of what it
 * forwards.
 */

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { within } from '../harness/deadline.js';
import { deployedNginx, type NginxPlace } from './deployed-nginx.js';

const PROGRAM = process.env.NGINX ?? '/usr/sbin/nginx';
const DEPLOY = fileURLToPath(new URL('../../../deploy/nginx/', import.meta.url));
/** The user of deploy/compose.yaml. Only root can run it as another user. */
const RUNS_AS = process.getuid?.() === 0 ? { uid: 101, gid: 101 } : {};
const CHANGE_MS = 20_000;
const POLL_MS = 20;

/** Explains the lack of nginx to the user. */
export function nginxLack(): string | undefined {
  return existsSync(PROGRAM) ? undefined : `there is no ${PROGRAM}: apt-get install nginx, or name it by NGINX`;
}

/** The version that nginx reports. */
export function nginxVersion(): string {
  const said = execFileSync('sh', ['-c', '"$0" -v 2>&1', PROGRAM], { encoding: 'utf8' });
  return /nginx\/(\S+)/.exec(said)?.[1] ?? said.trim();
}

export class Nginx {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #master: ChildProcess;

  private constructor({ folder, port }: NginxPlace, master: ChildProcess) {
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#port = port;
    this.#master = master;
    // Asked to end, it ends its workers too; killed, it would leave them behind.
    process.on('exit', () => {
      master.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    });
  }

  static async start(port: number, hubs: readonly number[]): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), 'tickcast-balance-'));
    writeFiles({ folder, port, hubs });
    const [access, errors] = ['access.log', 'error.log'].map((name) => openSync(join(folder, name), 'a'));
    const { uid, gid } = RUNS_AS;
    if (uid !== undefined && gid !== undefined)
      for (const name of ['.', 'access.log', 'error.log']) chownSync(join(folder, name), uid, gid);
    const master = spawn(PROGRAM, [...argsOf(folder), '-g', 'daemon off;'], {
      stdio: ['ignore', access, errors],
      ...RUNS_AS,
    });
    const nginx = new Nginx({ folder, port, hubs }, master);
    await within(CHANGE_MS, 'the start of nginx', nginx.#listening());
    return nginx;
  }

  /** `nginx -s reload`; resolves when new workers have the port. */
  async reload(): Promise<void> {
    const before = new Set(this.#workers().map(({ pid }) => pid));
    // Not synchronous: the callers of the load run in this process.
    await promisify(execFile)(PROGRAM, [...argsOf(this.#folder), '-s', 'reload'], RUNS_AS);
    const isDone = (): boolean => {
      const workers = this.#workers();
      return workers.some(({ pid }) => !before.has(pid)) && workers.every(({ pid, ends }) => ends || !before.has(pid));
    };
    await this.#until('the reload', isDone, CHANGE_MS);
  }

  /** Writes another list of hubs, and reloads. */
  async forwardTo(hubs: readonly number[]): Promise<void> {
    writeFiles({ folder: this.#folder, port: this.#port, hubs });
    await this.reload();
  }

  /** Old workers that are only finishing their connections. */
  get oldWorkers(): number {
    return this.#workers().filter(({ ends }) => ends).length;
  }

  /** Resolves when no worker from before a reload is left. */
  oldWorkersEnded(ms: number): Promise<void> {
    return this.#until('the end of the old workers', () => this.oldWorkers === 0, ms);
  }

  /** Number of lines in the access log so far. */
  accessLines(): readonly string[] {
    return readFileSync(join(this.#folder, 'access.log'), 'utf8').split('\n').filter(Boolean);
  }

  async end(): Promise<void> {
    if (this.#master.exitCode !== null || this.#master.signalCode !== null) return;
    const ended = once(this.#master, 'exit');
    this.#master.kill('SIGTERM');
    await within(CHANGE_MS, 'the end of nginx', ended);
  }

  async #listening(): Promise<void> {
    for (;;) {
      if (this.#master.exitCode !== null) throw new Error(`nginx: ${readFileSync(join(this.#folder, 'error.log'))}`);
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await delay(POLL_MS);
    }
  }

  async #until(what: string, isTrue: () => boolean, ms: number): Promise<void> {
    const last = performance.now() + ms;
    while (!isTrue()) {
      if (performance.now() > last) throw new Error(`${what} took longer than ${ms / 1000} s`);
      await delay(POLL_MS);
    }
  }

  #workers(): readonly { readonly pid: number; readonly ends: boolean }[] {
    const { pid } = this.#master;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return children.flatMap((child) => {
      try {
        return { pid: child, ends: readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('shutting down') };
      } catch {
        // It has just exited.
        return [];
      }
    });
  }
}

function writeFiles(place: NginxPlace): void {
  const read = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8');
  const deployed = { 'nginx.conf': read('nginx.conf'), 'hubs.conf': read('hubs.conf') };
  const files = Object.entries(deployedNginx(deployed, place));
  for (const [name, text] of files) writeFileSync(join(place.folder, name), text);
}

function argsOf(folder: string): readonly string[] {
  return ['-p', folder, '-c', join(folder, 'nginx.conf')];
}
