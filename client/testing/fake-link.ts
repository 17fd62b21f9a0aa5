/** One connection between a client and a fake hub, in memory: events arrive in order, each in a later microtask. */

import type { WireError } from '../../shared/errors.js';
import { parsePace, parseSubscribe, parseUnsubscribe, parseWatch } from '../../shared/parse-stream.js';
import type { Goaway, HandshakeAuth, Hello, PredictRequest, RequestId } from '../../shared/protocol.js';
import type { HubStatus } from '../../shared/stream-protocol.js';
import type { SocketLike, SocketListener, StreamEventName } from '../connection/socket-io.js';
import { type FakeAnswer, isFailure } from './fake-answers.js';
import type { FakeStream } from './fake-stream.js';

/** What a connection needs from its hub. */
export interface LinkHost {
  /** Why a handshake is refused now; undefined to accept it. */
  readonly refusal: WireError | undefined;
  hello(auth: HandshakeAuth): Hello;
  joined(link: FakeLink): void;
  left(link: FakeLink): void;
  /** `done` is called once, unless the request is withdrawn. */
  ask(link: FakeLink, request: PredictRequest, done: (answer: FakeAnswer, model: string) => void): void;
  withdraw(link: FakeLink, id: RequestId): void;
  stream(name: string): FakeStream;
  readonly streams: readonly FakeStream[];
  readonly status: HubStatus;
}

type Reply = ((raw: unknown) => void) | undefined;

export class FakeLink implements SocketLike {
  readonly base64 = false;
  readonly #auth: HandshakeAuth;
  readonly #listener: SocketListener;
  readonly #host: LinkHost;
  /** Counts connections, so that nothing of an earlier one arrives. */
  #connection = 0;
  #isOpen = false;
  #watches = false;
  #asked = 0;

  constructor(host: LinkHost, auth: HandshakeAuth, listener: SocketListener) {
    this.#host = host;
    this.#auth = auth;
    this.#listener = listener;
  }

  /** The client's session: another connection of it may get the answers. */
  get session(): string {
    return this.#auth.session ?? '';
  }

  connect(token: string | undefined): void {
    this.#connection += 1;
    this.#later(() => {
      const { refusal } = this.#host;
      if (refusal !== undefined) return this.#listener.connectFailed(refusal.message, refusal);
      this.#isOpen = true;
      this.#asked = 0;
      this.#host.joined(this);
      this.#listener.hello(this.#host.hello(token === undefined ? this.#auth : { ...this.#auth, token }));
    });
  }

  disconnect(): void {
    this.#connection += 1;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watches = false;
    for (const stream of this.#host.streams) stream.leave(this);
    this.#host.left(this);
  }

  predict(request: Parameters<SocketLike['predict']>[0]): boolean {
    if (!this.#isOpen) return false;
    const n = this.#asked++;
    this.#host.ask(this, request as PredictRequest, (answer, model) => {
      const { answers } = this.#listener;
      this.#later(() => {
        if (isFailure(answer)) answers.predictionError({ id: request.id, n, ...answer });
        else answers.prediction({ id: request.id, n, model, ...answer });
      });
    });
    return true;
  }

  cancel(id: RequestId): boolean {
    if (this.#isOpen) this.#host.withdraw(this, id);
    return this.#isOpen;
  }

  send(event: string, payload: unknown, reply?: (raw: unknown) => void): boolean {
    if (!this.#isOpen) return false;
    this.#later(() => this.#handle(event, payload, reply));
    return true;
  }

  goaway(notice: Goaway): void {
    this.#later(() => this.#listener.goaway(notice));
  }

  /** Loses the connection, after a last word if there is one. */
  lose(lastWord?: WireError): void {
    const connection = this.#connection;
    this.#later(() => {
      if (lastWord !== undefined) this.#listener.closing(lastWord);
      this.disconnect();
      if (this.#connection === connection + 1) this.#listener.disconnected('transport close');
    });
  }

  tellStatus(): void {
    if (this.#watches) this.#event('status', this.#host.status);
  }

  #handle(event: string, payload: unknown, reply: Reply): void {
    if (event === 'echo') reply?.({ at: this.#host.status.at });
    else if (event === 'streams') reply?.({ streams: this.#host.streams.map(({ description }) => description) });
    else if (event === 'subscribe') this.#subscribe(payload, reply);
    else if (event === 'unsubscribe') this.#unsubscribe(payload, reply);
    else if (event === 'pace') this.#pace(payload, reply);
    else if (event === 'watch') this.#watch(payload, reply);
  }

  #subscribe(payload: unknown, reply: Reply): void {
    const plan = parseSubscribe(payload);
    if (!plan.ok) return reply?.({ error: plan.error });
    const stream = this.#host.stream(plan.value.stream);
    const { answer, begin } = stream.view(this, plan.value, (event, raw) => this.#event(event, raw));
    reply?.(answer);
    begin();
  }

  #unsubscribe(payload: unknown, reply: Reply): void {
    const plan = parseUnsubscribe(payload);
    if (!plan.ok) return reply?.({ error: plan.error });
    this.#host.stream(plan.value.stream).leave(this);
    reply?.(plan.value);
  }

  #pace(payload: unknown, reply: Reply): void {
    const plan = parsePace(payload);
    if (!plan.ok) return reply?.({ error: plan.error });
    const { stream, paused } = plan.value;
    if (stream !== undefined && paused !== undefined) this.#host.stream(stream).pause(this, paused);
    reply?.(plan.value);
  }

  #watch(payload: unknown, reply: Reply): void {
    const plan = parseWatch(payload);
    if (!plan.ok) return reply?.({ error: plan.error });
    this.#watches = plan.value.on;
    reply?.(plan.value);
    this.tellStatus();
  }

  #event(event: StreamEventName, payload: unknown): void {
    this.#later(() => this.#listener.stream(event, payload));
  }

  #later(run: () => void): void {
    const connection = this.#connection;
    queueMicrotask(() => {
      if (this.#connection === connection) run();
    });
  }
}
