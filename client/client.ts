/** The client as a program sees it: joins the connection, the requests in flight and the streams. Knows no Socket.IO. */

import type { Goaway, Hello } from '../shared/protocol.js';
import type { HubStatus, StreamDescription, StreamMode } from '../shared/stream-protocol.js';
import type { ClientClock } from './clock.js';
import { Calls } from './connection/calls.js';
import type { RequestChannel } from './connection/channels.js';
import { Connection, type ConnectionState, type StateChange } from './connection/connection.js';
import { ReadyGate } from './connection/ready.js';
import type { OpenSocket, StreamEvent } from './connection/socket-io.js';
import { Emitter } from './emitter.js';
import { localError, type TickcastError } from './error.js';
import type { AnswerOf, AnyModels, InputOf, ModelMap, ModelReference } from './models.js';
import {
  type ClientOptions,
  type PredictOptions,
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

/** Events of a client and what their handlers are given. */
export interface ClientEvents {
  /** A change of state, or a further failed attempt to connect. */
  state: StateChange;
  /** The hub's first word on each connection: limits and models. Without a change of state before it: the client has moved to another hub. */
  hello: Hello;
  /** The hub drains: the client makes a second connection, moves to it when it has a hub, and closes this one when all is answered here. */
  goaway: Goaway;
}

/** Where a client runs. Tests give their own. */
export interface ClientPlatform {
  readonly openSocket: OpenSocket;
  readonly clock: ClientClock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Secret of this client: requests survive a lost connection under it. */
  readonly session: () => string;
  /** The page it runs in, if it does: the hub casts less to one that cannot be seen. */
  readonly visibility?: PageVisibility | undefined;
}

/** Requests of one `predictMany` that are under way at once: more than any credit needs, and little memory. */
const MANY_WIDTH = 1024;

export class TickcastClient<Models extends ModelMap<Models> = AnyModels> {
  readonly url: string;
  readonly #options: ResolvedOptions;
  readonly #clock: ClientClock;
  readonly #connection: Connection;
  readonly #table: RequestTable;
  readonly #ready: ReadyGate;
  readonly #subscriptions: Subscriptions;
  readonly #watch: HubStatusFeed;
  readonly #calls: Calls;
  readonly #events = new Emitter<ClientEvents>();
  #hello: Hello | undefined;
  /** Why there will be no connection any more. */
  #ended: TickcastError | undefined;

  /** Programs call `connect()`. */
  constructor(url: string | URL, options: ClientOptions, platform: ClientPlatform) {
    this.url = resolveUrl(url);
    this.#options = resolveOptions(options);
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
        state: (change) => this.#events.emit('state', change),
        goaway: (notice) => this.#events.emit('goaway', notice),
        stream: (event, raw) => this.#onStream(event, raw),
      },
    );
    this.#subscriptions = new Subscriptions(clock, this.#connection, platform.visibility);
    this.#watch = new HubStatusFeed(this.#connection);
    this.#calls = new Calls(clock, this.#connection);
    this.#connection.open();
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** What the hub said last: limits and models. Undefined before the first connection. */
  get hello(): Hello | undefined {
    return this.#hello;
  }

  /** Calls `handler` at each event of this name; the function returned ends that. */
  on<Name extends keyof ClientEvents>(name: Name, handler: (event: ClientEvents[Name]) => void): () => void {
    return this.#events.on(name, handler);
  }

  /** Resolves when the hub has said hello, at once while connected. Rejects with a {@link TickcastError}. */
  ready(options: ReadyOptions = {}): Promise<Hello> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.state === 'connected' && this.#hello !== undefined) return Promise.resolve(this.#hello);
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    return this.#ready.wait(timeoutMs, options.signal, () => this.#connection.obstacle);
  }

  /** Asks for one prediction. Settles exactly once: the answer, or a {@link TickcastError}. */
  predict<Reference extends ModelReference<Models>>(
    input: InputOf<Models, NoInfer<Reference>>,
    options: PredictOptions<Reference> = {},
  ): Promise<AnswerOf<Models, Reference>> {
    return new Promise((resolve, reject) => {
      const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
      this.#submit<Reference>(input, options, timeoutMs, (result) => {
        if (result.ok) resolve(result.value);
        else reject(result.error);
      });
    });
  }

  /** Asks for one prediction for each input and answers in their order. One that fails does not disturb the others. */
  async predictMany<Reference extends ModelReference<Models>>(
    inputs: readonly InputOf<Models, NoInfer<Reference>>[],
    options: PredictOptions<Reference> = {},
  ): Promise<readonly PredictResult<AnswerOf<Models, Reference>>[]> {
    const results: PredictResult<AnswerOf<Models, Reference>>[] = [];
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    const started = this.#clock.now();
    const entries = inputs.entries();
    const lane = async (): Promise<void> => {
      // All lanes draw from one iterator.
      for (const [index, input] of entries) {
        // The time counts from the call: what comes late has less of it.
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
   * Begins a subscription to a stream, which goes on over lost connections. Throws a TypeError for a wrong name or option, and a
   * {@link TickcastError}: ALREADY_SUBSCRIBED for a second one to the same stream, or what ended this client.
   */
  subscribe<Mode extends StreamMode = 'all'>(stream: string, options: SubscribeOptions<Mode> = {}): Subscription<Mode> {
    const plan = planSubscription(stream, options);
    if (this.#ended !== undefined) throw this.#ended;
    return this.#subscriptions.add<Mode>(plan);
  }

  /** Calls `handler` about once a second with the state of the hub and its streams; the function returned ends that. */
  watch(handler: (status: HubStatus) => void): () => void {
    return this.#ended === undefined ? this.#watch.add(handler) : () => {};
  }

  /** The streams there are on the hub. Rejects with a {@link TickcastError}. */
  streams(): Promise<readonly StreamDescription[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return this.#calls.ask('streams', this.#options.timeoutMs, parseStreams);
  }

  /** The time to the hub and back, in milliseconds. Rejects with a {@link TickcastError}. */
  ping(): Promise<number> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return this.#calls.ping(this.#options.timeoutMs);
  }

  /** Makes the next attempt to connect at once, when one waits for its time. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  /** Ends the client for good: subscriptions end, everything unanswered is rejected with CANCELLED. Further calls do nothing. */
  close(): void {
    // While there is a connection, so that the hub hears of it.
    this.#subscriptions.close();
    if (this.#ended === undefined) this.#end(localError('CANCELLED', 'the client was closed'));
    this.#connection.close();
    this.#events.clear();
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
      signal: options.signal,
      // What a model answers is what the program declares of it; the hub sends a Prediction.
      settle: settle as (result: PredictResult) => void,
    });
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
    // After a move to another hub they are asked for there.
    if (this.state !== 'connected') this.#subscriptions.lost();
  }

  #onStream(event: StreamEvent, raw: unknown): void {
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
