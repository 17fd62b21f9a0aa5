/**
 * The hub as a child process, started as by `npm start`, with the project's own models. Knows its command line and its
 * probes.
 */

import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child, type ChildEnd } from './child.js';

/** Batches run and the rows in them, since the hub's start. */
export interface BatchTotals {
  readonly batches: number;
  readonly rows: number;
}

const HOST = '127.0.0.1';
/** The hub's default port, which people try first. */
export const USUAL_PORT = 3000;
/** Time to become ready, in milliseconds: TensorFlow's library takes seconds to load from a slow disk. */
const READY_MS = 60_000;
const POLL_MS = 50;
const PROBE_TIMEOUT_MS = 2_000;
const GRACE_MS = 5_000;
/** Beyond the grace period, for closing sockets, engine and logs. */
const END_MS = GRACE_MS + 5_000;

export class HubProcess {
  readonly url: string;
  /** Resolves with the reason when it ends unasked. */
  readonly failed: Promise<string>;
  readonly #child: Child;

  private constructor(port: number, onLog: (line: string) => void) {
    this.url = `http://${HOST}:${port}`;
    const options = {
      model: fileURLToPath(new URL('../../model', import.meta.url)),
      host: HOST,
      port: String(port),
      'log-level': 'warn',
      'grace-ms': String(GRACE_MS),
    };
    this.#child = new Child({
      name: 'the hub',
      args: [
        '--import',
        new URL('./end-with-parent.js', import.meta.url).href,
        fileURLToPath(new URL('../server/main.js', import.meta.url)),
        ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      ],
      onLine: onLog,
    });
    this.failed = this.#child.failed;
  }

  /** Starts it; port 0 takes a free one, undefined the usual one if it is free. */
  static async start(port: number | undefined, onLog: (line: string) => void): Promise<HubProcess> {
    return new HubProcess((port ?? (await portIfFree(USUAL_PORT))) || (await portIfFree(0)) || USUAL_PORT, onLog);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves once it accepts requests: with undefined, or why it did not within a minute. */
  async ready(signal: AbortSignal): Promise<string | undefined> {
    const until = performance.now() + READY_MS;
    while (!signal.aborted && performance.now() < until) {
      if ((await this.#probe()) !== undefined) return undefined;
      await delay(POLL_MS, undefined, { signal }).catch(() => {});
    }
    return signal.aborted ? undefined : `the hub was not ready within ${READY_MS / 1000} s`;
  }

  /** Undefined when it does not say. */
  async totals(): Promise<BatchTotals | undefined> {
    const body = await this.#probe();
    if (typeof body !== 'object' || body === null || !('batches' in body) || !('rows' in body)) return undefined;
    const { batches, rows } = body;
    return typeof batches === 'number' && typeof rows === 'number' ? { batches, rows } : undefined;
  }

  /** Makes it drain and exit. */
  end(): Promise<ChildEnd> {
    return this.#child.end(END_MS);
  }

  kill(): void {
    this.#child.kill();
  }

  /** The answer of `/readyz`, if ready. */
  async #probe(): Promise<unknown> {
    try {
      const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
      const body: unknown = await response.json();
      return response.ok ? body : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The port, or any free one for 0, if it was free a moment ago; otherwise undefined. */
function portIfFree(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(undefined));
    probe.listen(port, HOST, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
