/**
 * Adapters: features of optional packages. An option or manifest that says NAME loads `@tickcast/NAME`; no name is
 * known here.
 */

import { ADAPTER_NAME } from '../../shared/limits.js';
import { firstLine } from '../../shared/words/message-of.js';
import type { Config } from '../config/config.js';
import type { Broker, BrokerParts } from '../contracts/broker.js';
import type { Runtime } from '../contracts/runtime.js';
import type { Tap } from '../contracts/tap.js';
import { importRuntimes } from '../engine/session/runtimes.js';
import { tfjsFiles } from '../engine/tfjs/tfjs-files.js';
import type { Logger } from '../observe/log/logger.js';
import type { HttpDoor } from '../transports/http-place.js';
import { installedPackages, type PackageFinder } from './seams/installed-packages.js';
import { brokerProblem, doorProblem, tapProblem } from './seams/shapes.js';

/** Passed to an adapter's functions besides their own parts. */
export interface AdapterContext {
  readonly log: Logger;
  /** Variables `TICKCAST_<NAME>_...` for the adapter's own settings. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Exports of an adapter's package: one of these, or several. A function that cannot do its work rejects with a one-line
 * reason.
 */
export interface AdapterModule {
  readonly runtime?: Runtime;
  openBroker?(url: string, parts: BrokerParts, context: AdapterContext): Promise<Broker>;
  openDoor?(context: AdapterContext): Promise<HttpDoor>;
  openTap?(context: AdapterContext): Promise<Tap>;
  /** Of a runtime: tries each engine that it may compute on, for `tickcast doctor`. Never rejects. */
  engines?(): Promise<readonly AdapterEngine[]>;
}

/** What became of trying an engine of a package. Texts are for people, one line each. */
export type AdapterEngine =
  | { readonly name: string; readonly available: true; readonly version: string }
  | { readonly name: string; readonly available: false; readonly reason: string; readonly remedy: string };

export type Adapted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** What the models need besides the hub. */
export interface NeededRuntimes {
  /** URLs of all runtime modules. */
  readonly modules: readonly string[];
  /** Why a model cannot run here, by its reference. */
  readonly missing: ReadonlyMap<string, string>;
}

/** A model as found, and the runtime that its manifest names or its file asks for. */
interface WithRuntime {
  readonly ref: string;
  readonly runtime?: string | undefined;
}

/** URL schemes that differ from their package's name. */
const SCHEMES: Readonly<Record<string, string>> = { rediss: 'redis' };

/** Finds, loads and opens adapters. */
export class Adapters {
  readonly #context: AdapterContext;
  readonly #finder: PackageFinder;
  /** What {@link open} has opened, even if a later one failed; its caller closes them. */
  readonly taps: Tap[] = [];
  readonly doors: HttpDoor[] = [];

  constructor(context: AdapterContext, finder: PackageFinder = installedPackages()) {
    this.#context = context;
    this.#finder = finder;
  }

  /** Finds the runtimes that models need; those in `runtimeModules` come from the program itself. */
  async runtimes(
    models: readonly WithRuntime[],
    runtimeModules: readonly string[] = [],
  ): Promise<Adapted<NeededRuntimes>> {
    const brought = await importRuntimes(runtimeModules);
    if (!brought.ok) return brought;
    const known = [...tfjsFiles.names, ...brought.runtimes.flatMap(({ names }) => names)];
    const { modules, missing } = this.#packagesFor(models, known);
    return { ok: true, value: { modules: [...runtimeModules, ...modules], missing } };
  }

  /** Finds the runtimes, as {@link runtimes}, and opens the doors and taps that options name. */
  async open(
    config: Pick<Config, 'doors' | 'taps'>,
    models: readonly WithRuntime[],
    runtimeModules: readonly string[] = [],
  ): Promise<Adapted<NeededRuntimes>> {
    const found = await this.runtimes(models, runtimeModules);
    if (!found.ok) return found;
    for (const name of config.taps) {
      const tap = await this.#open('--taps', name, 'openTap', tapProblem, (module) => module.openTap?.(this.#context));
      if (!tap.ok) return tap;
      this.taps.push(tap.value);
    }
    for (const name of config.doors) {
      const door = await this.#open('--doors', name, 'openDoor', doorProblem, (module) =>
        module.openDoor?.(this.#context),
      );
      if (!door.ok) return door;
      this.doors.push(door.value);
    }
    return found;
  }

  /** The packages that options name and that are not installed, one line each. Opens nothing. */
  missing({ taps, doors, broker }: Pick<Config, 'doors' | 'taps' | 'broker'>): readonly string[] {
    const wanted = [
      ...taps.map((name) => ['--taps', name] as const),
      ...doors.map((name) => ['--doors', name] as const),
      ...(broker === 'memory' ? [] : [['--broker', brokerOf(broker)] as const]),
    ];
    return wanted.flatMap(([option, name]) =>
      this.#finder.find(packageOf(name)) === undefined ? [absence(option, name)] : [],
    );
  }

  async broker(url: string, parts: BrokerParts): Promise<Adapted<Broker>> {
    const name = brokerOf(url);
    const use = (module: AdapterModule) => module.openBroker?.(url, parts, this.#context);
    return this.#open('--broker', name, 'openBroker', brokerProblem, use);
  }

  /** URLs of the packages with these models' runtimes. */
  #packagesFor(models: readonly WithRuntime[], known: readonly string[]): NeededRuntimes {
    const urls = new Set<string>();
    const missing = new Map<string, string>();
    for (const { ref, runtime } of models) {
      if (runtime === undefined || known.includes(runtime)) continue;
      const says = `model ${ref}: runtime "${runtime}" is not known here; known are ${known.join(', ')}`;
      const url = ADAPTER_NAME.test(runtime) ? this.#finder.find(packageOf(runtime)) : undefined;
      if (url !== undefined) urls.add(url);
      else missing.set(ref, ADAPTER_NAME.test(runtime) ? `${says}; npm i ${packageOf(runtime)}` : says);
    }
    return { modules: [...urls], missing };
  }

  async #open<T>(
    option: string,
    name: string,
    needs: keyof AdapterModule,
    problemOf: (opened: unknown) => string | undefined,
    use: (module: AdapterModule) => Promise<T> | undefined,
  ): Promise<Adapted<T>> {
    const wanted = packageOf(name);
    const url = this.#finder.find(wanted);
    if (url === undefined) return { ok: false, problem: absence(option, name) };
    try {
      const module = (await this.#finder.load(url)) as AdapterModule;
      const opening = use(module);
      if (opening === undefined) return { ok: false, problem: `${option} ${name}: ${wanted} does not export ${needs}` };
      const value = await opening;
      const problem = problemOf(value);
      if (problem === undefined) return { ok: true, value };
      await (value as { close?(deadlineMs: number): unknown } | undefined)?.close?.(0);
      return {
        ok: false,
        problem: `${option} ${name}: ${needs} answered what is no ${needs.slice(4).toLowerCase()}: ${problem}`,
      };
    } catch (cause) {
      return { ok: false, problem: `${option} ${name}: ${firstLine(cause)}` };
    }
  }
}

/** The name of a broker's package, from its URL. */
function brokerOf(url: string): string {
  const scheme = url.split(':', 1)[0] ?? '';
  return SCHEMES[scheme] ?? scheme;
}

function absence(option: string, name: string): string {
  return `${option} ${name} is not there; npm i ${packageOf(name)}`;
}

/** The package that provides a name. */
export function packageOf(name: string): string {
  return `@tickcast/${name}`;
}
