/**
 * One hub from the built files in its own process, with default options except as given: started, damaged, restarted on
 * its port, ended.
 */

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child, SERVER_CORE } from '../../harness/child.js';
import { freePort } from '../../harness/free-port.js';
import { processRssBytes } from '../../harness/process-cpu.js';

export interface HubSetting {
  /** The models' folder. */
  readonly models: string;
  /** For the hub's `--max-old-space-size`. */
  readonly heapMiB: number;
  /** Whether it has the runtime `fault`. */
  readonly withFault?: boolean;
  readonly flags?: readonly string[];
  readonly nodeFlags?: readonly string[];
  readonly wrapper?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const READY_MS = 60_000;
const POLL_MS = 50;
const GRACE_MS = 2_000;

export class HubProcess {
  readonly port: number;
  readonly url: string;
  readonly #setting: HubSetting;
  #child: Child | undefined;
  /** Why it ended by itself; undefined while it lives. */
  death: string | undefined;
  /** From ready until it is killed or ends by itself. */
  isUp = false;

  private constructor(port: number, setting: HubSetting) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#setting = setting;
  }

  static async start(setting: HubSetting): Promise<HubProcess> {
    const hub = new HubProcess(await freePort(), setting);
    await hub.restart();
    return hub;
  }

  /** Restarts it on its port; it must have ended. */
  async restart(): Promise<void> {
    const { models, heapMiB, withFault = false, flags = [], nodeFlags = [], wrapper = [], env = {} } = this.#setting;
    const main = withFault ? './fault-hub-main.js' : '../../../server/main.js';
    const options = {
      host: '127.0.0.1',
      port: String(this.port),
      model: models,
      'default-model': 'linear',
      engine: 'wasm',
      'grace-ms': String(GRACE_MS),
    };
    const args = [
      `--max-old-space-size=${heapMiB}`,
      ...nodeFlags,
      fileURLToPath(new URL(main, import.meta.url)),
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      ...flags,
    ];
    this.death = undefined;
    const child = new Child({ name: 'the hub', core: SERVER_CORE, args, wrapper, env });
    this.#child = child;
    child.ended.catch((error: Error) => {
      if (this.#child !== child) return;
      this.death = lastWords(error.message);
      this.isUp = false;
    });
    const deadline = performance.now() + READY_MS;
    while (!(await this.answers('/readyz', 1_000))) {
      if (this.death !== undefined) throw new Error(this.death);
      if (performance.now() > deadline) throw new Error(`the hub was not ready within ${READY_MS / 1000} s`);
      await delay(POLL_MS);
    }
    this.isUp = true;
  }

  /** Whether a probe returns 200 in time. */
  async answers(path: string, timeoutMs: number): Promise<boolean> {
    return fetch(`${this.url}${path}`, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { connection: 'close' },
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
  }

  /** Current resident memory; undefined without a process. */
  rssBytes(): number | undefined {
    try {
      const bytes = processRssBytes(this.#child?.pid ?? 0);
      return Number.isFinite(bytes) ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.process.kill(signal);
  }

  /** Whether anybody reads the hub's log. */
  readLog(reads: boolean): void {
    if (reads) this.#child?.process.stdout?.resume();
    else this.#child?.process.stdout?.pause();
  }

  async kill(): Promise<void> {
    this.isUp = false;
    await this.#child?.end('SIGKILL');
  }

  /** Asks it to drain; returns whether it exited by itself, and in order. */
  async drain(): Promise<boolean> {
    const child = this.#child;
    if (child === undefined || this.death !== undefined) return false;
    const exited = once(child.process, 'exit');
    this.isUp = false;
    await child.end('SIGTERM');
    const [code] = await exited;
    return code === 0;
  }
}

/** From the output of a process before its end: that its heap was full, which fills pages, otherwise the beginning. */
function lastWords(message: string): string {
  const reason = /out of memory|OOM/.test(message) ? 'its heap was full' : undefined;
  const [first = ''] = message.split('\n');
  return reason ?? first.slice(0, 300);
}
