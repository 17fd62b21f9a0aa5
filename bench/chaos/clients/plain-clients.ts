/**
 * Good clients on the stock Socket.IO client: one with ids, whose answers come in any order, and one without, whose
 * answers come in order.
 */

import { io, type Socket } from 'socket.io-client';
import { numberIn, PoliteClient } from './polite-client.js';

interface Answer {
  readonly id?: unknown;
  readonly n?: unknown;
  readonly prediction?: unknown;
  readonly code?: unknown;
}

const OPEN_MS = 20_000;

abstract class PlainClient extends PoliteClient {
  protected socket: Socket | undefined;
  #greeted = false;

  get isReady(): boolean {
    return this.#greeted && this.socket?.connected === true;
  }

  open(): Promise<void> {
    const socket = io(this.world.url, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
    });
    this.socket = socket;
    socket.on('prediction', (answer: Answer) => this.onAnswer(answer, false));
    socket.on('prediction_error', (answer: Answer) => this.onAnswer(answer, true));
    socket.on('disconnect', () => {
      this.#greeted = false;
      this.onLost();
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('a good client had no hello')), OPEN_MS);
      socket.on('hello', () => {
        clearTimeout(timer);
        this.#greeted = true;
        resolve();
      });
    });
  }

  close(): void {
    this.socket?.removeAllListeners('disconnect');
    this.socket?.disconnect();
  }

  protected abstract onAnswer(answer: Answer, isError: boolean): void;
  /** Its connection has ended; nothing is re-sent. */
  protected abstract onLost(): void;

  protected settle(number: number, { prediction, code }: Answer, isError: boolean): void {
    if (isError) this.refuse(number, String(code));
    else this.answer(number, numberIn(prediction));
  }
}

export class ClientWithIds extends PlainClient {
  readonly #waiting = new Set<number>();

  protected send(number: number, x: number): void {
    this.#waiting.add(number);
    this.socket?.emit('predict', { input: [x], model: 'linear', id: number });
  }

  protected onAnswer(answer: Answer, isError: boolean): void {
    const number = Number(answer.id);
    this.#waiting.delete(number);
    this.settle(number, answer, isError);
  }

  protected onLost(): void {
    for (const number of this.#waiting) this.cut(number);
    this.#waiting.clear();
  }
}

export class ClientInOrder extends PlainClient {
  /** In the order of sending on this connection. */
  readonly #waiting = new Set<number>();
  /** The first request of this connection, from which the hub counts. */
  #first: number | undefined;

  protected send(number: number, x: number): void {
    this.#first ??= number;
    this.#waiting.add(number);
    this.socket?.emit('predict', { input: [x], model: 'linear' });
  }

  protected onAnswer(answer: Answer, isError: boolean): void {
    const number = (this.#first ?? Number.NaN) + Number(answer.n);
    const [oldest] = this.#waiting;
    if (this.#waiting.delete(number) && number !== oldest) this.oracle.outOfOrder(number);
    this.settle(number, answer, isError);
  }

  protected onLost(): void {
    for (const number of this.#waiting) this.cut(number);
    this.#waiting.clear();
    this.#first = undefined;
  }
}
