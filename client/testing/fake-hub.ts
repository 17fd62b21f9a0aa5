/**
 * A hub in memory for tests of programs that use the SDK: no port, no thread, time by a manual clock. The clients that
 * it makes are real ones.
 */

import { type ErrorCode, type WireError, wireError } from '../../shared/errors.js';
import type { HubLimits } from '../../shared/limits.js';
import { describe, isModelReference, parsePredict } from '../../shared/parse.js';
import { CAPABILITIES, PROTOCOLS } from '../../shared/protocol/versions.js';
import type { HandshakeAuth, Hello, ModelDescription, PredictRequest, RequestId } from '../../shared/protocol.js';
import type { HubStatus, StreamItem, StreamWindow } from '../../shared/stream-protocol.js';
import { TickcastClient } from '../client.js';
import type { AnyModels, ModelMap } from '../models.js';
import type { ClientOptions } from '../options.js';
import { answerOf, type FakeAnswer, type FakeAnswers, fails, isFailure } from './fake-answers.js';
import { FakeLink, type LinkHost } from './fake-link.js';
import { FakeStream } from './fake-stream.js';
import { ManualClock } from './manual-clock.js';

/** Options of a fake hub. */
export interface FakeHubOptions {
  /** What requests are answered. @default an error that says that there are no answers */
  readonly answers?: FakeAnswers;
  /** How long an answer takes, by the hub's clock, in milliseconds. @default 0 */
  readonly latencyMs?: number;
  /** The models; the first is the default. @default one for texts, `fake@1` */
  readonly models?: readonly ModelDescription[];
  /** Limits that differ from a hub's usual ones. */
  readonly limits?: Partial<HubLimits>;
}

const MODEL: ModelDescription = {
  name: 'fake',
  version: '1',
  inputs: [{ name: 'text', dtype: 'string', shape: [] }],
  outputs: [{ name: 'scores', dtype: 'float32', shape: [1] }],
};

const LIMITS: HubLimits = {
  maxFrameBytes: 1_048_576,
  maxJsonBytes: 65_536,
  maxRequestRows: 1_024,
  maxInFlightRows: 1_024,
  maxTextLength: 10_000,
};

interface Running {
  readonly link: FakeLink;
  readonly request: PredictRequest;
  readonly model: string;
  readonly settle: (answer: FakeAnswer) => void;
}

export class FakeHub {
  /** Time of this hub and its clients. */
  readonly clock = new ManualClock();
  /** Requests that arrived, in order; one that is sent again after a lost connection arrives again. */
  readonly requests: PredictRequest[] = [];
  /** Handshakes that were accepted, in order. */
  readonly handshakes: HandshakeAuth[] = [];
  /** What requests are answered from now on. */
  answers: FakeAnswers;
  /** How long an answer takes, in milliseconds. */
  latencyMs: number;
  readonly #models: readonly ModelDescription[];
  readonly #limits: HubLimits;
  readonly #links = new Set<FakeLink>();
  readonly #streams = new Map<string, FakeStream>();
  readonly #running = new Set<Running>();
  #failures: WireError[] = [];
  #refusal: WireError | undefined;
  #epochs = 0;
  #sessions = 0;
  #status: Partial<HubStatus> = {};
  readonly #host: LinkHost;

  constructor(options: FakeHubOptions = {}) {
    this.answers = options.answers ?? (() => fails('INTERNAL', 'the fake hub has no answers; give it "answers"'));
    this.latencyMs = options.latencyMs ?? 0;
    this.#models = options.models ?? [MODEL];
    this.#limits = { ...LIMITS, ...options.limits };
    const hub = this;
    this.#host = {
      get refusal() {
        return hub.#refusal;
      },
      get streams() {
        return [...hub.#streams.values()];
      },
      get status() {
        return hub.#statusNow();
      },
      hello: (auth) => this.#hello(auth),
      joined: (link) => void this.#links.add(link),
      left: (link) => {
        this.#links.delete(link);
        for (const running of this.#running) if (running.link === link) this.#running.delete(running);
      },
      ask: (link, request, done) => this.#ask(link, request, done),
      withdraw: (link, id) => this.#withdraw(link, id),
      stream: (name) => this.#stream(name),
    };
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#links.size;
  }

  /** A real client on this hub; it is connected after `await client.ready()`. Close it at the end of the test. */
  connect<Models extends ModelMap<Models> = AnyModels>(options: ClientOptions = {}): TickcastClient<Models> {
    this.#sessions += 1;
    const session = `fake-session-${String(this.#sessions).padStart(4, '0')}`;
    return new TickcastClient<Models>('http://fake.test', options, {
      openSocket: (_url, auth, _options, listener) => new FakeLink(this.#host, auth, listener),
      clock: this.clock,
      // No jitter.
      random: () => 0.5,
      session: () => session,
    });
  }

  /** The next requests, one by default, are answered with this error. */
  failNext(code: ErrorCode, { message, retryAfterMs, times = 1 }: FailOptions = {}): void {
    for (let i = 0; i < times; i++) this.#failures.push(fails(code, message, retryAfterMs));
  }

  /** Casts items to a stream, each a frame. What is not given is made up. */
  publish(stream: string, ...items: readonly Partial<StreamItem>[]): void {
    for (const item of items) this.#stream(stream).publish(this.clock.now(), item);
  }

  /** Sends windows to those who view a stream in mode `aggregate`. What is not given is made up. */
  publishWindows(stream: string, ...windows: readonly Partial<StreamWindow>[]): void {
    for (const window of windows) this.#stream(stream).publishWindow(this.clock.now(), window);
  }

  /** The next `missed` items of a stream are lost before any viewer gets them: a `gap`. */
  gap(stream: string, missed: number): void {
    this.#stream(stream).gap(missed);
  }

  /** Ends every subscription to a stream with an error, such as SLOW_VIEWER. */
  unsubscribe(stream: string, code: ErrorCode, message = `the fake hub says ${code}`): void {
    this.#stream(stream).end(code, message);
  }

  /** Sends a status to those who watch, now and on request. What is not given is made up. */
  status(status: Partial<HubStatus>): void {
    this.#status = status;
    for (const link of this.#links) link.tellStatus();
  }

  /** Loses every connection; the clients reconnect. With an error, the hub says it first. */
  cut(code?: ErrorCode, message?: string): void {
    for (const link of [...this.#links]) link.lose(code === undefined ? undefined : fails(code, message));
  }

  /** Refuses handshakes with this error from now on; without one, accepts them again. */
  refuse(code?: ErrorCode, message?: string): void {
    this.#refusal = code === undefined ? undefined : fails(code, message);
  }

  /** The hub drains, as one of several: clients are told, and move to a second connection within `graceMs` / 2. */
  drain(graceMs = 1_000): void {
    for (const link of this.#links) link.goaway({ reason: 'draining', graceMs });
  }

  /** The hub stops: it answers what is under way DRAINING, loses its connections and refuses others until `restart`. */
  stop(): void {
    for (const running of [...this.#running]) running.settle(fails('DRAINING'));
    this.refuse('DRAINING');
    this.cut();
  }

  /** The hub begins afresh: its streams are empty and have new epochs, and handshakes are accepted again. */
  restart(): void {
    this.#streams.clear();
    this.refuse();
    this.cut();
  }

  #hello(auth: HandshakeAuth): Hello {
    this.handshakes.push(auth);
    const [first] = this.#models;
    return {
      protocol: PROTOCOLS[1],
      protocols: PROTOCOLS,
      capabilities: CAPABILITIES,
      session: auth.session ?? '',
      limits: this.#limits,
      models: this.#models,
      ...(first !== undefined && { defaultModel: `${first.name}@${first.version}` }),
    };
  }

  #ask(link: FakeLink, request: PredictRequest, done: (answer: FakeAnswer, model: string) => void): void {
    this.requests.push(request);
    const parsed = parsePredict(request);
    if (!parsed.ok) return done(parsed.error, '');
    const model = this.#modelOf(request.model);
    const failure = this.#failures.shift();
    if (failure !== undefined) return done(failure, model ?? '');
    if (model === undefined) return done(fails('MODEL_NOT_FOUND', `no model ${describe(request.model)}`), '');
    for (const older of this.#running)
      if (request.key !== undefined && older.request.key === request.key && older.link.session === link.session)
        if (older.model === model) older.settle(fails('SUPERSEDED'));
    const running: Running = {
      link,
      request,
      model,
      settle: (answer) => {
        if (!this.#running.delete(running)) return;
        done(answer, model);
        if (request.stream !== undefined && !isFailure(answer))
          this.publish(request.stream, itemOf(request, answer, model));
      },
    };
    this.#running.add(running);
    void answerOf(this.answers, request).then((answer) => {
      if (this.latencyMs === 0) return running.settle(answer);
      const { timeoutMs } = parsed.value;
      const isLate = this.latencyMs > timeoutMs;
      const late = fails('DEADLINE_EXCEEDED', `no answer within ${timeoutMs} ms`);
      this.clock.setTimer(isLate ? timeoutMs : this.latencyMs, () => running.settle(isLate ? late : answer));
    });
  }

  #withdraw(link: FakeLink, id: RequestId): void {
    for (const running of this.#running)
      if (running.link === link && running.request.id === id) running.settle(wireError('CANCELLED', 'cancelled'));
  }

  /** `name@version` of the model that answers. */
  #modelOf(reference: string | undefined): string | undefined {
    const [first] = this.#models;
    const found = isModelReference(reference)
      ? this.#models.find(({ name, version }) => reference === name || reference === `${name}@${version}`)
      : first;
    return found && `${found.name}@${found.version}`;
  }

  #stream(name: string): FakeStream {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    this.#epochs += 1;
    const stream = new FakeStream(name, `fake-${this.#epochs}`, this.#modelOf(undefined) ?? 'fake@1');
    this.#streams.set(name, stream);
    return stream;
  }

  #statusNow(): HubStatus {
    return {
      at: this.clock.now(),
      version: 'fake',
      uptimeSeconds: Math.floor(this.clock.now() / 1_000),
      state: 'ready',
      predictionsPerSecond: 0,
      queuedRows: 0,
      inFlight: this.#running.size,
      connections: this.#links.size,
      viewers: 0,
      models: this.#models.map(({ name, version }) => ({ model: `${name}@${version}`, engine: 'fake' })),
      streams: this.#host.streams.map(({ description }) => description),
      ...this.#status,
    };
  }
}

/** How requests fail. */
export interface FailOptions {
  readonly message?: string;
  /** For an error that may be tried again, in milliseconds. */
  readonly retryAfterMs?: number;
  /** How many requests. @default 1 */
  readonly times?: number;
}

function itemOf({ input, id }: PredictRequest, answer: FakeAnswer, model: string): Partial<StreamItem> {
  if (isFailure(answer)) return {};
  const { prediction, label, score } = answer;
  return {
    prediction,
    model: answer.model ?? model,
    ...(id !== undefined && { id }),
    ...(typeof input === 'string' && { text: input }),
    ...(typeof label === 'string' && { label }),
    ...(typeof score === 'number' && { score }),
  };
}
