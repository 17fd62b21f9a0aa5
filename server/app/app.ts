/**
 * The composition root: the only file that knows every concrete class. Builds the parts in order, starts and drains
 * them; when a step fails at start, undoes the steps before it.
 */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Config, limitsOf } from '../config/config.js';
import { version } from '../config/version.js';
import type { Meter, TransportListener } from '../contracts/transport-events.js';
import { type DrainReport, Hub } from '../core/hub.js';
import { Taps } from '../core/taps.js';
import { WorkerEngine } from '../engine/worker-engine.js';
import { ModelRegistry } from '../models/registry.js';
import { findModels } from '../models/repository.js';
import { LogTap } from '../observe/log/log-tap.js';
import type { Logger } from '../observe/log/logger.js';
import type { PredictionLog } from '../observe/prediction-log/prediction-log.js';
import { addMetrics } from '../transports/http/metrics-route.js';
import { addProbes, type Health } from '../transports/http/probes.js';
import { RestDoor } from '../transports/http/rest-door.js';
import type { HttpDoor } from '../transports/http-place.js';
import { SocketIoDoor } from '../transports/socketio/socketio-door.js';
import { type AccessControl, startAccess } from './access-control.js';
import { Adapters } from './adapters.js';
import { HttpServers } from './http-servers.js';
import { RegistryCatalogue } from './model-catalogue.js';
import { loadModels, loggedTo } from './model-loading.js';
import { modelPlace } from './model-place.js';
import { Monitoring } from './monitoring.js';
import { Opened } from './opened.js';
import { keepsInputs, startPredictionLog } from './prediction-logging.js';
import { Doors } from './seams/doors.js';
import { type AppExtras, extrasProblem } from './seams/extras.js';
import { loadRedaction } from './seams/redaction.js';
import { shutDown } from './shutdown.js';
import { openBroker, Streaming } from './streaming.js';
import { systemClock } from './system-clock.js';

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
  /** Of others than the hub. */
  readonly foreignDoors: readonly HttpDoor[];
  readonly doors: Doors;
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
  readonly #doors: Doors;
  #state: AppState = 'starting';
  #drained: Promise<DrainReport> | undefined;

  private constructor(parts: AppParts) {
    const { config, engine, hub, taps, models, streaming, predictionLog, doors } = parts;
    this.hub = hub;
    this.#parts = parts;
    this.#sockets = new SocketIoDoor({ ...config, maxLostSessions: 10_000, meterOf: (key) => this.#meterOf(key) });
    this.#doors = doors;
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
   * Starts engine, models, hub and transports, and listens. Never rejects for an expected problem, nor for one of
   * foreign code: `problem` is one readable line. Whether it resolves so or rejects, what it opened is closed, and so
   * are the taps and doors of `extras`.
   */
  static async start(config: Config, log: Logger, extras: AppExtras = {}): Promise<StartOutcome> {
    const wrong = extrasProblem(extras);
    if (wrong !== undefined) return { ok: false, problem: wrong };
    const opened = new Opened((err) => log.error({ err }, 'could not be closed'));
    try {
      const outcome = await App.#start(config, log, extras, opened);
      if (!outcome.ok) await opened.close();
      return outcome;
    } catch (cause) {
      await opened.close();
      throw cause;
    }
  }

  static async #start(config: Config, log: Logger, extras: AppExtras, opened: Opened): Promise<StartOutcome> {
    const taps = new Taps(systemClock, [new LogTap(log, systemClock), ...(extras.taps ?? [])]);
    opened.add(() => taps.close(TAPS_CLOSE_MS));
    const foreignDoors = [...(extras.doors ?? [])];
    const doors = new Doors((where, cause) => taps.fault(where, cause));
    doors.add(foreignDoors);
    opened.add(() => doors.close());
    const place = await modelPlace(config.model);
    if (place.isPackaged)
      log.info({ model: place.path }, 'no --model and no ./model: serving the model of the package');
    const found = await findModels(place.path);
    if (!found.ok) return { ok: false, problem: `--model: ${found.problem}` };
    const entry = await startAccess(config, log, extras.server);
    if (!entry.ok) return entry;
    const { control } = entry;
    opened.add(() => control.close());
    const redaction = await loadRedaction(config.redaction);
    if (!redaction.ok) return redaction;
    const adapters = new Adapters({ log, env: process.env });
    const runtimes = await adapters.open(config, found.models, extras.runtimeModules);
    for (const tap of adapters.taps) taps.add(tap);
    doors.add(adapters.doors);
    foreignDoors.push(...adapters.doors);
    if (!runtimes.ok) return runtimes;
    const engine = new WorkerEngine({
      threads: config.engineThreads,
      backend: config.engine,
      graphCapture: config.graphCapture,
      graphCache: config.graphCache || undefined,
      maxEngineBytes: config.maxEngineBytes,
      clock: systemClock,
      runtimeModules: runtimes.value.modules,
      onEvent: (event) => taps.engine(event),
    });
    opened.add(() => engine.close(ENGINE_CLOSE_MS));
    const running = await engine.start();
    if (!running.ok) return running;
    const { defaultModel, maxTextLength, maxBatchMs } = config;
    const models = new ModelRegistry({
      engine,
      clock: systemClock,
      defaultModel: defaultModel || undefined,
      maxTextLength,
      maxBatchMs,
    });
    const refused = await loadModels(found, runtimes.value.missing, models, config, loggedTo(log, systemClock));
    if (refused !== undefined) return { ok: false, problem: refused };
    const broker = await openBroker(config, adapters);
    if (!broker.ok) return broker;
    opened.add(() => broker.value.close());
    const logging = await startPredictionLog(config, log);
    if (!logging.ok) return logging;
    const { predictionLog } = logging;
    if (predictionLog !== undefined) taps.add(predictionLog);
    const streaming = new Streaming(config, broker.value, taps);
    const options = { ...config, keepInputs: keepsInputs(config), redact: redaction.redact };
    const hub = new Hub({ engine, models, clock: systemClock, options, publisher: streaming.streams, taps });
    const { server } = extras;
    const parts = {
      config: { ...config, model: place.path },
      control,
      log,
      taps,
      engine,
      models,
      hub,
      streaming,
      predictionLog,
      foreignDoors,
      doors,
    };
    const app = new App({ ...parts, server });
    opened.become(() => app.close());
    const problem = await app.#listen();
    return problem === undefined ? { ok: true, app } : { ok: false, problem };
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
    return this.#doors.connections;
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
    await this.#doors.close();
    await this.#end();
  }

  /** Closes what is behind the doors, in order: nobody can ask any more. */
  async #end(): Promise<void> {
    const { control, streaming, engine, taps } = this.#parts;
    const closing = new Opened((cause) => taps.fault('the end of the hub', cause));
    closing.add(() => taps.close(TAPS_CLOSE_MS));
    closing.add(() => engine.close(ENGINE_CLOSE_MS));
    closing.add(() => this.hub.drain(0));
    closing.add(() => this.#servers?.close());
    closing.add(() => streaming.close());
    closing.add(() => control.close());
    await closing.close();
  }

  async #listen(): Promise<string | undefined> {
    const { config, control, log, taps, models, streaming, foreignDoors, server: outer } = this.#parts;
    const catalogue = new RegistryCatalogue(models);
    const listener: TransportListener = (event) => taps.transport(event);
    const servers = await HttpServers.create({ config, control, listener, outer });
    this.#servers = servers;
    const { users, operators, place } = servers;
    this.#monitoring.countBytes(users.server);
    const parts = {
      hub: this.hub,
      subscriptions: streaming.streams,
      catalogue,
      access: control.access,
      clock: systemClock,
      limits: limitsOf(config),
      version,
      listener,
      isDraining: () => this.#state === 'draining',
      place,
    };
    const own = [new RestDoor((key) => this.#meterOf(key)), this.#sockets];
    this.#doors.add(own);
    const unopened = await this.#doors.open(own, parts);
    if (unopened !== undefined) return unopened;
    for (const app of servers.all) addProbes(app, this.hub, () => this.#health(), this.#parts.control.isOpen);
    addMetrics(operators, this.#monitoring.render);
    await servers.addPage(WEB_FOLDER);
    // After all routes of the hub: one that is there already is then the problem of the door that adds it again.
    const unfit = await this.#doors.open(foreignDoors, parts);
    if (unfit !== undefined) return unfit;
    servers.guard();
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
    taps.state('ready');
    return undefined;
  }

  #meterOf(key: string): Meter {
    return this.#monitoring.keys.of(key);
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
