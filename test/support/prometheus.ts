/**
 * A real Prometheus with the project's own configuration, on a free port of this machine and in its own folder; and
 * promtool.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { freePort } from '../../bench/harness/free-port.js';
import { until, within } from './until.js';

const FOLDER = join(import.meta.dirname, '../../deploy/prometheus');
const EVERY = '1s';

/** Undefined when both programs are installed, else what to do. */
export async function prometheusLack(): Promise<string | undefined> {
  for (const program of ['prometheus', 'promtool']) {
    try {
      await promisify(execFile)(program, ['--version']);
    } catch {
      return `${program} is not there: install the package prometheus (Debian: apt-get install --no-install-recommends prometheus)`;
    }
  }
  return undefined;
}

/** Runs promtool; returns its exit code and its output. */
export async function promtool(
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn('promtool', args, { stdio: 'pipe' });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdin.end(input);
  const [code] = await within('promtool ends', once(child, 'close'), 60_000);
  return { code, said };
}

export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface RuleState {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
}

export class Prometheus {
  readonly #url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #exited: Promise<unknown>;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.#url = url;
    this.#child = child;
    this.#folder = folder;
    this.#exited = once(child, 'exit');
  }

  /** Scrapes these `host:port` and evaluates the project's rules once a second; otherwise configured as in deploy/. */
  static async start(targets: readonly string[]): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'tickcast-prometheus-'));
    const config = parse(await readFile(join(FOLDER, 'prometheus.yml'), 'utf8'));
    config.global = { scrape_interval: EVERY, evaluation_interval: EVERY };
    config.scrape_configs[0].static_configs = [{ targets }];
    await writeFile(join(folder, 'prometheus.yml'), stringify(config));
    const rules = parse(await readFile(join(FOLDER, 'alerts.yml'), 'utf8'));
    for (const group of rules.groups) group.interval = EVERY;
    await writeFile(join(folder, 'alerts.yml'), stringify(rules));
    const port = await freePort();
    const flags = {
      'config.file': join(folder, 'prometheus.yml'),
      'storage.tsdb.path': join(folder, 'data'),
      'web.listen-address': `127.0.0.1:${port}`,
      'log.level': 'warn',
    };
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const child = spawn('prometheus', args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`, child, folder);
    await until('Prometheus is ready', () => prometheus.#isReady(), 60_000).catch(async (cause) => {
      await prometheus.close();
      throw cause;
    });
    return prometheus;
  }

  async query(expression: string): Promise<readonly QueryResult[]> {
    const { result } = await this.#get<{ result: readonly QueryResult[] }>('query', { query: expression });
    return result;
  }

  async labelValues(label: string, selector: string): Promise<readonly string[]> {
    return this.#get<readonly string[]>(`label/${label}/values`, { 'match[]': selector });
  }

  async rules(): Promise<readonly RuleState[]> {
    const { groups } = await this.#get<{ groups: readonly { readonly rules: readonly RuleState[] }[] }>('rules', {});
    return groups.flatMap(({ rules }) => rules);
  }

  async targets(): Promise<readonly { readonly health: string; readonly lastError: string }[]> {
    const { activeTargets } = await this.#get<{ activeTargets: readonly { health: string; lastError: string }[] }>(
      'targets',
      {},
    );
    return activeTargets;
  }

  async close(): Promise<void> {
    this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 30_000);
    if (this.#child.exitCode === null) await this.#exited;
    clearTimeout(killer);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #isReady(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error(`Prometheus ended with exit code ${this.#child.exitCode}`);
    return fetch(`${this.#url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
  }

  /** Throws Prometheus' error message for an invalid query. */
  async #get<T>(path: string, parameters: Readonly<Record<string, string>>): Promise<T> {
    const answer = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = (await answer.json()) as { readonly status: string; readonly error?: string; readonly data: T };
    if (body.status !== 'success') throw new Error(`${path} ${JSON.stringify(parameters)}: ${body.error}`);
    return body.data;
  }
}
