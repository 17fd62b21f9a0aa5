/** The client that programs use: joins the connection, the requests in flight and the streams. Knows no Socket.IO. */

import { describe } from '../shared/parse.js';
import type { Goaway, Hello } from '../shared/protocol.js';
import type { HubStatus, StreamDescription, StreamMode } from '../shared/stream-protocol.js';
import type { TimerClock } from '../shared/time/deadline-timer.js';
import { Calls } from './connection/calls.js';
import type { RequestChannel } from './connection/channels.js';
import { Connection, type ConnectionState, type StateChange } from './connection/connection.js';
import { ReadyGate } from './connection/ready.js';
import type { OpenSocket, StreamEventName } from './connection/socket-io.js';
import type { Unreachable } from './connection/unreachable.js';
import { Emitter } from './emitter.js';
import { atCaller, localError, type TickcastError } from './error.js';
import { type OptionTypes, optionsMistake } from './misuse.js';
import type { AnswerOf, AnyModels, InputOf, ModelMap, ModelReference } from './models.js';
import {
  type ClientOptions,
  PREDICT_OPTIONS,
  type PredictOptions,
  READY_OPTIONS,
  type ReadyOptions,
  type ResolvedOptions,
  requestFields,
  requestProblem,
  resolveOptions,
  resolveUrl,
} from './options.js';
import type { PredictResult } from './requests/request.js';
import { RequestTable } from './requests/request-table.js';
import { HubStatusFeed } from './streams/hub-status.js';
import type { PageVisibility } from './streams/page-visibility.js';
import { parseStreams } from './streams/parse-frames.js';
import { planSubscription } from './streams/subscribe-options.js';
import { Subscriptions } from './streams/subscriptions.js';
import type { SubscribeOptions, Subscription } from './streams/types.js';

/** Events of a client and their payloads. */
export interface ClientEvents {
  /** The state changed, or another attempt to connect failed. */
  state: StateChange;
  /**
   * An attempt to connect failed; the client goes on trying. Without a handler for this or for `state`, the first
   * failure of a client that never was connected is a warning on the console.
   */
  unreachable: Unreachable;
  /**
   * The hub's `hello`, on each connection: limits and models. One without a preceding change of state means that the
   * client has moved to another hub.
   */
  hello: Hello;
  /**
   * The hub is draining: the client opens a second connection, moves to it once connected, and closes this one when
   * everything sent here is answered.
   */
  goaway: Goaway;
}

/** The environment of a client. Tests provide their own. */
export interface ClientPlatform {
  readonly openSocket: OpenSocket;
  readonly clock: TimerClock;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** Secret of this client: requests survive a lost connection under it. */
  readonly session: () => string;
  /** The page it runs in, if any: the hub sends a hidden page fewer frames. */
  readonly visibility?: PageVisibility | undefined;
}

const NO_OPTIONS = {};
/** Concurrent requests of one `predictMany`: more than any credit needs, and cheap in memory. */
const MANY_WIDTH = 1024;

/** A client of one hub, or of several behind one address. Create it with `connect()`. */
export class TickcastClient<Models extends ModelMap<Models> = AnyModels> {
  /** The hub's address: its origin and, for a hub under a path, that path, without a slash at the end. */
  readonly url: string;
  readonly #options: ResolvedOptions;
  readonly #clock: TimerClock;
  readonly #connection: Connection;
  readonly #table: RequestTable;
  readonly #ready: ReadyGate;
  readonly #subscriptions: Subscriptions;
  readonly #watch: HubStatusFeed;
  readonly #calls: Calls;
  readonly #events = new Emitter<ClientEvents>(['state', 'unreachable', 'hello', 'goaway']);
  #hello: Hello | undefined;
  /** The error that ended the client for good. */
  #ended: TickcastError | undefined;
  #isClosed = false;

  /** For `connect()`; programs call that instead. */
  constructor(url: string | URL, options: ClientOptions, platform: ClientPlatform) {
    this.url = resolveUrl(url);
    this.#options = resolveOptions(options, this.url);
    const { clock, random } = platform;
    this.#clock = clock;
    this.#ready = new ReadyGate(clock);
    this.#table = new RequestTable(clock, () => this.#connection.obstacle, this.#options.maxQueuedRows);
    this.#connection = new Connection(
      {
        url: this.url,
        session: platform.session(),
        options: this.#options,
        clock,
        random,
        openSocket: platform.openSocket,
        answers: this.#table,
      },
      {
        hello: (hello, channel) => this.#onHello(hello, channel),
        lost: (channel) => this.#onLost(channel),
        failed: (error) => this.#end(error),
        state: (change) => this.#onState(change),
        goaway: (notice) => this.#events.emit('goaway', notice),
        stream: (event, raw) => this.#onStream(event, raw),
      },
    );
    this.#subscriptions = new Subscriptions(clock, this.#connection, platform.visibility);
    this.#watch = new HubStatusFeed(this.#connection);
    this.#calls = new Calls(clock, this.#connection);
    this.#connection.open();
  }

  /** State of the connection. */
  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The hub's latest `hello`: limits and models. Undefined before the first connection. */
  get hello(): Hello | undefined {
    return this.#hello;
  }

  /**
   * Calls `handler` on each event of this name. Returns a function that removes it. Throws a TypeError for an unknown
   * name, or a handler that is no function.
   */
  on<Name extends keyof ClientEvents>(name: Name, handler: (event: ClientEvents[Name]) => void): () => void {
    return this.#events.on(name, handler);
  }

  /**
   * Resolves with the hub's `hello`, immediately when connected. Rejects with a {@link TickcastError}:
   * DEADLINE_EXCEEDED, CANCELLED when aborted or closed meanwhile, or the error that ended this client.
   */
  ready(options: ReadyOptions = NO_OPTIONS): Promise<Hello> {
    return this.#call(
      'ready',
      () => {
        if (this.state === 'connected' && this.#hello !== undefined) return Promise.resolve(this.#hello);
        const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
        return this.#ready.wait(timeoutMs, options.signal ?? undefined, () => this.#connection.obstacle);
      },
      options,
      READY_OPTIONS,
    );
  }

  /**
   * Requests one prediction. Settles exactly once: resolves with the answer, with values `[rows, d1, ..., dn]` for a
   * batch and `[d1, ..., dn]` for one row, or rejects with a {@link TickcastError}. Its code is the hub's, or comes
   * from this client: INVALID_INPUT and TOO_LARGE (not sent), OVERLOADED (the client's own queue is full), SUPERSEDED,
   * CANCELLED, DEADLINE_EXCEEDED, or INTERNAL (the connection was lost three times while the request was under way).
   * Rejects immediately with a TypeError for an unknown option, one of the wrong type, or a client that was closed.
   */
  async predict<Reference extends ModelReference<Models>>(
    input: InputOf<Models, NoInfer<Reference>>,
    options: PredictOptions<Reference> = NO_OPTIONS,
  ): Promise<AnswerOf<Models, Reference>> {
    this.#check('predict', options, PREDICT_OPTIONS);
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    const result = await new Promise<PredictResult<AnswerOf<Models, Reference>>>((resolve) => {
      this.#submit<Reference>(input, options, timeoutMs, resolve);
    });
    if (result.ok) return result.value;
    throw atCaller(result.error);
  }

  /**
   * Requests one prediction per input and resolves with their results in input order. A failed one is
   * `{ ok: false, error }` and does not disturb the others. `timeoutMs` counts from the call, for all of them together.
   * Rejects only with a TypeError, as {@link predict} does.
   */
  async predictMany<Reference extends ModelReference<Models>>(
    inputs: readonly InputOf<Models, NoInfer<Reference>>[],
    options: PredictOptions<Reference> = NO_OPTIONS,
  ): Promise<readonly PredictResult<AnswerOf<Models, Reference>>[]> {
    this.#check('predictMany', options, PREDICT_OPTIONS);
    if (!Array.isArray(inputs)) throw new TypeError(`predictMany: inputs must be an array, got ${describe(inputs)}`);
    const results: PredictResult<AnswerOf<Models, Reference>>[] = [];
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    const started = this.#clock.now();
    const entries = inputs.entries();
    const lane = async (): Promise<void> => {
      // All lanes draw from one iterator.
      for (const [index, input] of entries) {
        // Later inputs have less time left, since it counts from the call.
        const leftMs = timeoutMs - (this.#clock.now() - started);
        results[index] =
          leftMs > 0 || index === 0
            ? await new Promise((resolve) => this.#submit<Reference>(input, options, leftMs, resolve))
            : { ok: false, error: localError('DEADLINE_EXCEEDED', `not sent within ${timeoutMs} ms`) };
      }
    };
    await Promise.all(Array.from({ length: Math.min(inputs.length, MANY_WIDTH) }, lane));
    return results;
  }

  /**
   * Subscribes to a stream; the subscription survives lost connections. Throws a TypeError for an invalid name or
   * option or a client that was closed, and a {@link TickcastError}: ALREADY_SUBSCRIBED for a second subscription to the same stream, or the error
   * that ended this client.
   */
  subscribe<Mode extends StreamMode = 'all'>(stream: string, options: SubscribeOptions<Mode> = {}): Subscription<Mode> {
    this.#check('subscribe');
    const plan = planSubscription(stream, options);
    if (this.#ended !== undefined) throw this.#ended;
    return this.#subscriptions.add<Mode>(plan);
  }

  /**
   * Calls `handler` about once a second with the state of the hub and its streams. Returns a function that removes it.
   * Throws a TypeError for a handler that is no function, or a client that was closed.
   */
  watch(handler: (status: HubStatus) => void): () => void {
    this.#check('watch');
    return this.#ended === undefined ? this.#watch.add(handler) : () => {};
  }

  /**
   * Lists the hub's streams. Rejects with a {@link TickcastError}: DEADLINE_EXCEEDED after the client's `timeoutMs`,
   * OVERLOADED with 1,000 calls pending, or the error that ended this client.
   */
  streams(): Promise<readonly StreamDescription[]> {
    return this.#call('streams', () => this.#calls.ask('streams', this.#options.timeoutMs, parseStreams));
  }

  /** Measures the round trip to the hub, in milliseconds. Rejects as {@link streams} does. */
  ping(): Promise<number> {
    return this.#call('ping', () => this.#calls.ping(this.#options.timeoutMs));
  }

  /** Makes the next attempt to connect immediately, if one is scheduled. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  /**
   * Closes the client for good: ends its subscriptions and rejects everything unanswered with CANCELLED. Closing again
   * does nothing; any other call is a mistake and throws a TypeError.
   */
  close(): void {
    // Before the connection closes, so that the hub is told.
    this.#subscriptions.close();
    if (this.#ended === undefined) {
      this.#end(localError('CANCELLED', 'the client was closed'));
      this.#isClosed = true;
    }
    this.#connection.close();
    this.#events.clear();
  }

  /** Throws a TypeError for a client that the program has closed, and for options that are none. */
  #check(call: string, options: object = NO_OPTIONS, types: Readonly<Record<string, unknown>> = NO_OPTIONS): void {
    let mistake = this.#isClosed ? 'this client was closed; connect again' : undefined;
    if (options !== NO_OPTIONS) mistake ??= optionsMistake(options, types);
    if (mistake !== undefined) throw new TypeError(`${call}: ${mistake}`);
  }

  async #call<T>(call: string, run: () => Promise<T>, ...options: [object?, OptionTypes<ReadyOptions>?]): Promise<T> {
    this.#check(call, ...options);
    try {
      if (this.#ended !== undefined) throw this.#ended;
      return await run();
    } catch (error) {
      throw atCaller(error);
    }
  }

  #submit<Reference extends ModelReference<Models>>(
    input: unknown,
    options: PredictOptions,
    timeoutMs: number,
    settle: (result: PredictResult<AnswerOf<Models, Reference>>) => void,
  ): void {
    const problem = requestProblem(options, timeoutMs);
    if (problem !== undefined) return settle({ ok: false, error: localError('INVALID_INPUT', problem) });
    this.#table.submit({
      input,
      fields: requestFields(options),
      timeoutMs,
      signal: options.signal ?? undefined,
      // The program declares what a model answers; the hub sends a Prediction.
      settle: settle as (result: PredictResult) => void,
    });
  }

  #onState(change: StateChange): void {
    this.#events.emit('state', change);
    const { attempts, retryInMs = 0 } = change;
    const message = this.#connection.obstacle;
    // A handler may have closed the client.
    if (attempts === 0 || message === undefined || this.state !== 'reconnecting') return;
    this.#events.emit('unreachable', { message, attempts, retryInMs });
    const isHeard = this.#events.count('unreachable') + this.#events.count('state') > 0;
    if (attempts === 1 && this.#hello === undefined && !isHeard) console.warn(`tickcast: ${message}; trying again`);
  }

  #onHello(hello: Hello, channel: RequestChannel): void {
    this.#hello = hello;
    this.#table.connected(hello, channel);
    this.#subscriptions.connected();
    this.#watch.connected();
    this.#calls.connected();
    this.#ready.open(hello);
    this.#events.emit('hello', hello);
  }

  #onLost(channel: RequestChannel): void {
    this.#table.lost(channel);
    // After a move to another hub they are requested there.
    if (this.state !== 'connected') this.#subscriptions.lost();
  }

  #onStream(event: StreamEventName, raw: unknown): void {
    if (event === 'status') this.#watch.status(raw);
    else this.#subscriptions.event(event, raw);
  }

  #end(error: TickcastError): void {
    this.#ended = error;
    this.#subscriptions.close(error);
    this.#watch.close();
    this.#calls.close(error);
    this.#table.close(error);
    this.#ready.fail(error);
  }
}
