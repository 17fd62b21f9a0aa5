/**
 * One of the hubs behind nginx: always on the same port, restarted after a drain or a kill. Knows from its log who is
 * connected to it.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from '../harness/deadline.js';
import { freePort } from '../harness/free-port.js';

export interface HubSetting {
  readonly model: string;
  readonly drainDelayMs: number;
  readonly graceMs: number;
}

/** What a hub reported at the end of its drain. */
export interface DrainFigures {
  readonly exitCode: number | null;
  readonly accepted: number;
  readonly settled: number;
  readonly refused: number;
  readonly abandoned: number;
  readonly tookMs: number;
}

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));
const START_MS = 60_000;
/** Time beyond delay and grace, for the engine, the logs and a busy machine, in milliseconds. */
const END_MS = 10_000;

const live = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

export class BalancedHub {
  readonly port: number;
  readonly setting: HubSetting;
  readonly #sockets = new Set<string>();
  #child: ChildProcess | undefined;
  #drained: Readonly<Record<string, unknown>> | undefined;

  private constructor(port: number, setting: HubSetting) {
    this.port = port;
    this.setting = setting;
  }

  static async start(setting: HubSetting): Promise<BalancedHub> {
    const hub = new BalancedHub(await freePort(), setting);
    await hub.start();
    return hub;
  }

  /** Whether this Socket.IO connection was opened at this hub. */
  had(socket: string): boolean {
    return this.#sockets.has(socket);
  }

  async start(): Promise<void> {
    const { model, drainDelayMs, graceMs } = this.setting;
    const options = {
      port: this.port,
      model,
      engine: 'wasm',
      'log-level': 'info',
      'drain-delay-ms': drainDelayMs,
      'grace-ms': graceMs,
    };
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    live.add(child);
    child.once('exit', () => live.delete(child));
    const listening = new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`a hub ended by itself, exit code ${code}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        // There is a line per request: few are worth parsing.
        if (line.includes('"client connected"')) this.#sockets.add(String(parse(line).socket));
        else if (line.includes('"msg":"drained"')) this.#drained = parse(line);
        else if (line.includes('"msg":"listening"')) resolve();
      });
    });
    await within(START_MS, 'the start of a hub', listening);
  }

  /** Sends SIGTERM and waits for its exit. */
  async drain(): Promise<DrainFigures> {
    const { drainDelayMs, graceMs } = this.setting;
    this.#drained = undefined;
    const exitCode = await this.#end('SIGTERM', drainDelayMs + graceMs + END_MS);
    const figure = (name: string): number => Number(this.#drained?.[name] ?? Number.NaN);
    return {
      exitCode,
      accepted: figure('accepted'),
      settled: figure('settled'),
      refused: figure('refused'),
      abandoned: figure('abandoned'),
      tookMs: Math.round(figure('tookMs')),
    };
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL', END_MS);
  }

  async #end(signal: NodeJS.Signals, ms: number): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !live.has(child)) throw new Error('the hub does not run');
    // Not `exit`: the end of the log precedes this.
    const closed = once(child, 'close');
    child.kill(signal);
    await within(ms, `the end of a hub by ${signal}`, closed);
    return child.exitCode;
  }
}

function parse(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line) as Readonly<Record<string, unknown>>;
}
