/**
 * The composition root: the only file that knows every concrete class. Builds the parts in order, starts and drains
 * them; when a step fails at start, undoes the steps before it.
 */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { HubLimits } from '../../shared/limits.js';
import type { Config } from '../config/config.js';
import { version } from '../config/version.js';
import type { Tap } from '../contracts/tap.js';
import type { TransportListener } from '../contracts/transport-events.js';
import { type DrainReport, Hub } from '../core/hub.js';
import { Taps } from '../core/taps.js';
import { WorkerEngine } from '../engine/worker-engine.js';
import { ModelRegistry } from '../models/registry.js';
import { findModels, type ModelFolder } from '../models/repository.js';
import { LogTap } from '../observe/log/log-tap.js';
import type { Logger } from '../observe/log/logger.js';
import type { PredictionLog } from '../observe/prediction-log/prediction-log.js';
import { ClientAddress } from '../transports/client-address.js';
import { HostPolicy } from '../transports/host-policy.js';
import { addMetrics } from '../transports/http/metrics-route.js';
import { addPage } from '../transports/http/page.js';
import { addProbes, type Health } from '../transports/http/probes.js';
import { RestAccess } from '../transports/http/rest-access.js';
import { RestDoor } from '../transports/http/rest-door.js';
import type { HttpDoor } from '../transports/http-place.js';
import { OriginPolicy } from '../transports/origin-policy.js';
import { RequestLimit } from '../transports/request-limit.js';
import { RequestPolicy } from '../transports/request-policy.js';
import { SocketIoDoor } from '../transports/socketio/socketio-door.js';
import { type AccessControl, startAccess } from './access-control.js';
import { Adapters } from './adapters.js';
import { HttpServers } from './http-servers.js';
import { RegistryCatalogue } from './model-catalogue.js';
import { Monitoring } from './monitoring.js';
import { keepsInputs, startPredictionLog } from './prediction-logging.js';
import { shutDown } from './shutdown.js';
import { openBroker, Streaming } from './streaming.js';
import { systemClock } from './system-clock.js';

/** Additions that only an embedding program can make. */
export interface AppExtras {
  /** URLs of modules with runtimes other than TensorFlow.js; see docs/embedding.md. @default none */
  readonly runtimeModules?: readonly string[];
  /** Taps in addition to the log, the metrics and the prediction log. @default none */
  readonly taps?: readonly Tap[];
  /** Doors in addition to REST and Socket.IO. @default none */
  readonly doors?: readonly HttpDoor[];
  /**
   * A server to mount the hub on; the program opens and closes it, and keeps `/` and every path without a route of the
   * hub. @default the hub listens on `host` and `port` itself
   */
  readonly server?: Server;
}

/** The life cycle of an app. */
export type AppState = 'starting' | 'ready' | 'draining' | 'closed';

/** The result of {@link App.start}; `problem` is one line. */
export type StartOutcome = { readonly ok: true; readonly app: App } | { readonly ok: false; readonly problem: string };

interface AppParts {
  readonly config: Config;
  readonly control: AccessControl;
  readonly log: Logger;
  readonly taps: Taps;
  readonly engine: WorkerEngine;
  readonly models: ModelRegistry;
  readonly hub: Hub;
  readonly streaming: Streaming;
  readonly predictionLog: PredictionLog | undefined;
  readonly doors: readonly HttpDoor[];
  readonly server: Server | undefined;
}

/** The built page and SDK. */
const WEB_FOLDER = fileURLToPath(new URL('../../web', import.meta.url));
/** Time for engine threads to end by themselves, in milliseconds. */
const ENGINE_CLOSE_MS = 2000;
/** Time for taps to flush, in milliseconds. */
const TAPS_CLOSE_MS = 5000;

/** A complete hub with its transports, models and logs. Create it with {@link App.start}. */
export class App {
  readonly hub: Hub;
  readonly #parts: AppParts;
  readonly #monitoring: Monitoring;
  #servers: HttpServers | undefined;
  readonly #sockets: SocketIoDoor;
  readonly #doors: readonly HttpDoor[];
  #state: AppState = 'starting';
  #drained: Promise<DrainReport> | undefined;

  private constructor(parts: AppParts) {
    const { config, engine, hub, taps, models, streaming, predictionLog, doors } = parts;
    this.hub = hub;
    this.#parts = parts;
    this.#sockets = new SocketIoDoor({ ...config, maxLostSessions: 10_000 });
    this.#doors = [new RestDoor(), this.#sockets, ...doors];
    this.#monitoring = new Monitoring({
      hub,
      taps,
      engine,
      models: models.list().flatMap(({ model }) => model?.spec ?? []),
      streams: streaming.streams,
      state: () => this.#health().state,
      sockets: this.#sockets,
      ...(predictionLog === undefined ? {} : { log: () => predictionLog.counts }),
    });
  }

  /**
   * Starts engine, models, hub and transports, and listens. Never rejects for an expected problem: `problem` is one
   * readable line.
   */
  static async start(config: Config, log: Logger, extras: AppExtras = {}): Promise<StartOutcome> {
    const found = await findModels(config.model);
    if (!found.ok) return { ok: false, problem: `--model: ${found.problem}` };
    const entry = await startAccess(config, log, extras.server);
    if (!entry.ok) return entry;
    const { control } = entry;
    const adapters = new Adapters({ log, env: process.env });
    const runtimes = await adapters.open(config, found.models, extras.runtimeModules);
    const taps = new Taps(systemClock, [new LogTap(log, systemClock), ...adapters.taps, ...(extras.taps ?? [])]);
    const doors = [...adapters.doors, ...(extras.doors ?? [])];
    const opened = [() => taps.close(TAPS_CLOSE_MS), () => Promise.all(doors.map((door) => door.close()))];
    const fail = async (problem: string): Promise<StartOutcome> => {
      for (const close of opened.reverse()) await close();
      return { ok: false, problem };
    };
    if (!runtimes.ok) return fail(runtimes.problem);
    const engine = new WorkerEngine({
      threads: config.engineThreads,
      backend: config.engine,
      clock: systemClock,
      runtimeModules: runtimes.value,
      onEvent: (event) => taps.engine(event),
    });
    opened.push(() => engine.close(ENGINE_CLOSE_MS));
    const running = await engine.start();
    if (!running.ok) return fail(running.problem);
    const { defaultModel, maxTextLength } = config;
    const models = new ModelRegistry({
      engine,
      clock: systemClock,
      defaultModel: defaultModel || undefined,
      maxTextLength,
    });
    const refused = await loadModels(found.models, models, config, log);
    if (refused !== undefined) return fail(refused);
    const broker = await openBroker(config, adapters);
    if (!broker.ok) return fail(broker.problem);
    const logging = await startPredictionLog(config, log);
    opened.push(async () => broker.value.close());
    if (!logging.ok) return fail(logging.problem);
    const { predictionLog } = logging;
    if (predictionLog !== undefined) taps.add(predictionLog);
    const streaming = new Streaming(config, broker.value, taps);
    const options = { ...config, keepInputs: keepsInputs(config) };
    const hub = new Hub({ engine, models, clock: systemClock, options, publisher: streaming.streams, taps });
    const { server } = extras;
    const app = new App({ config, control, log, taps, engine, models, hub, streaming, predictionLog, doors, server });
    const problem = await app.#listen();
    if (problem === undefined) return { ok: true, app };
    await app.close();
    return { ok: false, problem };
  }

  get state(): AppState {
    return this.#state;
  }

  /** The address it listens on. */
  get address(): AddressInfo {
    const address = this.#servers?.outer.address();
    if (typeof address !== 'object' || address === null)
      throw new Error('the hub does not listen, nor does the server that it stands on');
    return address;
  }

  get url(): string {
    const { address, family, port } = this.address;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** The token created for this run, if any: show it to whoever started the hub, and never log it. */
  get runToken(): string | undefined {
    return this.#parts.control.runToken;
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#doors.reduce((sum, { connections }) => sum + connections, 0);
  }

  /**
   * Drains the hub: fails readiness probes and tells clients, serves for another `drainDelayMs`, closes connections
   * within `graceMs`, finishes everything accepted and closes. A second call joins the first.
   */
  drain(): Promise<DrainReport> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Closes everything, in order: sockets, HTTP, engine, logs. Requests in flight are cancelled. */
  async close(): Promise<void> {
    this.#state = 'closed';
    await Promise.all(this.#doors.map((door) => door.close()));
    await this.#end();
  }

  /** Closes what is behind the doors, in order: nobody can ask any more. */
  async #end(): Promise<void> {
    const { control, streaming, engine, taps } = this.#parts;
    control.close();
    streaming.close();
    await this.#servers?.close();
    await this.hub.drain(0);
    await engine.close(ENGINE_CLOSE_MS);
    await taps.close(TAPS_CLOSE_MS);
  }

  async #listen(): Promise<string | undefined> {
    const { config, control, log, taps, models, streaming, server: outer } = this.#parts;
    const { access } = control;
    const catalogue = new RegistryCatalogue(models);
    const hosts = new HostPolicy(config.allowedHosts, control.isOpenLoopback);
    const policy = new RequestPolicy(new OriginPolicy(config.corsOrigin), hosts);
    const addresses = new ClientAddress(config.trustProxy);
    const requestLimit = new RequestLimit(config.requestsPerSecond, systemClock);
    const listener: TransportListener = (event) => taps.transport(event);
    const pageFiles = new Set<string>();
    const isPage = (route: string): boolean => pageFiles.has(route);
    const servers = await HttpServers.create(
      config,
      { policy, isPage, addresses, listener, clock: systemClock },
      outer,
    );
    const { users, operators } = servers;
    const { server } = users;
    this.#servers = servers;
    this.#monitoring.countBytes(server);
    const grants = new RestAccess(access, config);
    const hasMetrics = operators === users;
    const claim = (path: string): void => servers.claim(path);
    const parts = {
      hub: this.hub,
      subscriptions: streaming.streams,
      catalogue,
      access,
      clock: systemClock,
      limits: limitsOf(config),
      version,
      listener,
      isDraining: () => this.#state === 'draining',
      place: { app: users, server, claim, policy, addresses, requestLimit, grants, hasMetrics },
    };
    for (const door of this.#doors) {
      const problem = await door.open(parts);
      if (problem !== undefined) return `${door.name}: ${problem}`;
    }
    for (const app of servers.all) addProbes(app, this.hub, () => this.#health());
    addMetrics(operators, this.#monitoring.render);
    if (outer === undefined) for (const file of await addPage(users, WEB_FOLDER)) pageFiles.add(file);
    grants.guard(users, pageFiles);
    if (operators !== users) grants.guard(operators);
    streaming.begin(this.hub, () => {
      const { state, connections } = this;
      return { version, state, connections, models: catalogue.engines() };
    });
    const problem = await servers.listen();
    if (problem !== undefined) return problem;
    control.begin();
    this.#state = 'ready';
    const where = outer === undefined ? { url: this.url } : { server: 'of the program' };
    log.info({ ...where, version, model: config.model, pid: process.pid }, 'listening');
    return undefined;
  }

  #health(): Health {
    const { engine } = this.#parts;
    if (this.#state !== 'ready') return { ready: false, state: this.#state };
    if (!engine.healthy)
      return { ready: false, state: 'unhealthy', reason: 'the engine thread keeps dying; see the log' };
    return { ready: true, state: 'ready' };
  }

  async #drain(): Promise<DrainReport> {
    const { config, log, predictionLog } = this.#parts;
    this.#state = 'draining';
    log.info({ delayMs: config.drainDelayMs, graceMs: config.graceMs }, 'draining');
    if (this.#servers === undefined) throw new Error('the hub has not begun to listen');
    const report = await shutDown({ hub: this.hub, doors: this.#doors, http: this.#servers.own, config });
    await this.#end();
    this.#state = 'closed';
    const { batches, rows, predicted, errors } = this.hub.stats;
    log.info({ ...report, predicted, errors, batches, rows, predictionLog: predictionLog?.counts }, 'drained');
    return report;
  }
}

/** Loads every model found; returns what is wrong with the first that fails, or with the default. */
async function loadModels(
  found: readonly ModelFolder[],
  models: ModelRegistry,
  config: Config,
  log: Logger,
): Promise<string | undefined> {
  for (const folder of found) {
    const loaded = await models.load(folder);
    if (!loaded.ok) return loaded.problem;
    const { report, model, warnings } = loaded;
    log.info({ model: folder.ref, ...report, warmUp: model.warmUp, rows: model.rows }, 'model ready');
    for (const warning of warnings) log.warn({ model: folder.ref }, warning);
  }
  const missing = config.defaultModel !== '' && 'code' in models.resolve(undefined);
  return missing ? `--default-model: there is no model ${config.defaultModel}` : undefined;
}

function limitsOf(config: Config): HubLimits {
  const { maxFrameBytes, maxJsonBytes, maxRequestRows, maxInFlightRows, maxTextLength } = config;
  return { maxFrameBytes, maxJsonBytes, maxRequestRows, maxInFlightRows, maxTextLength };
}
