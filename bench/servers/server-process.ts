/**
 * One server under test in its own process: starts it, waits until it is ready, reads its CPU time, ends it and reads
 * its final report. Knows how each server is started; knows nothing of load.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child, SERVER_CORE } from '../harness/child.js';
import { within } from '../harness/deadline.js';
import { freePort } from '../harness/free-port.js';
import type { EngineName } from '../harness/options.js';
import { processCpuSeconds, processRssBytes } from '../harness/process-cpu.js';

export const serverNames = ['echo', 'naive', 'hub'] as const;
export type ServerName = (typeof serverNames)[number];

export interface ServerSetting {
  readonly engine: EngineName;
  /** The model's folder. */
  readonly model: string;
  /** Further options of the hub. */
  readonly flags?: readonly string[];
}

/** Counts of the hub from its start to its end. */
export interface BatchTotals {
  readonly batches: number;
  readonly rows: number;
  /** Rows of the prediction log, if enabled. */
  readonly log?: { readonly written: number; readonly dropped: number };
}

/** TensorFlow's library takes seconds to load from a slow disk, in milliseconds. */
const READY_MS = 60_000;
const POLL_MS = 50;

export class ServerProcess {
  readonly name: ServerName;
  readonly port: number;
  readonly #child: Child;
  #totals: BatchTotals | undefined;

  private constructor(name: ServerName, port: number, setting: ServerSetting) {
    this.name = name;
    this.port = port;
    this.#child = new Child({
      name: `the server "${name}"`,
      core: SERVER_CORE,
      args: serverArgs(name, port, setting),
      onLine: (line) => {
        this.#totals = readTotals(line) ?? this.#totals;
      },
    });
  }

  static async start(name: ServerName, setting: ServerSetting): Promise<ServerProcess> {
    const server = new ServerProcess(name, await freePort(), setting);
    try {
      const ready = Promise.race([server.#ready(), server.#child.ended]);
      await within(READY_MS, `the start of the server "${name}"`, ready);
      return server;
    } catch (error) {
      await server.end();
      throw error;
    }
  }

  /** Rejects when the process ends by itself. */
  get ended(): Promise<never> {
    return this.#child.ended;
  }

  /** Since its start, all threads. */
  cpuSeconds(): number {
    return processCpuSeconds(this.#child.pid);
  }

  /** Current resident memory. */
  rssBytes(): number {
    return processRssBytes(this.#child.pid);
  }

  /** Ends it in order, by force after `withinMs` milliseconds; only the hub counts batches, and only reports them once it has drained. */
  async end(withinMs?: number): Promise<BatchTotals | undefined> {
    await this.#child.end('SIGTERM', withinMs);
    return this.#totals;
  }

  async #ready(): Promise<void> {
    const url = `http://127.0.0.1:${this.port}/readyz`;
    while (this.#child.process.exitCode === null) {
      const status = await fetch(url, { signal: AbortSignal.timeout(READY_MS) }).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) return;
      await delay(POLL_MS);
    }
  }
}

function serverArgs(name: ServerName, port: number, { engine, model, flags = [] }: ServerSetting): readonly string[] {
  const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  if (name === 'echo') return [file('./echo.js'), '--port', String(port)];
  if (name === 'naive') return [file('./naive.js'), '--port', String(port), engine];
  // The report of the drain is logged at level info, which has no line per prediction.
  const options = { host: '127.0.0.1', port: String(port), model, engine, 'log-level': 'info' };
  const given = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
  return [file('../../server/main.js'), ...given, ...flags];
}

/** The totals in a log line, if it is the hub's report of its drain. */
export function readTotals(line: string): BatchTotals | undefined {
  if (!line.startsWith('{') || !line.includes('"drained"')) return undefined;
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null || !('batches' in entry) || !('rows' in entry)) return undefined;
  const { batches, rows } = entry;
  if (typeof batches !== 'number' || typeof rows !== 'number') return undefined;
  const log = 'predictionLog' in entry ? entry.predictionLog : undefined;
  if (typeof log !== 'object' || log === null || !('written' in log) || !('dropped' in log)) return { batches, rows };
  return { batches, rows, log: { written: Number(log.written), dropped: Number(log.dropped) } };
}
