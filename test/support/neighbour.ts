/** Another user's connection, which predicts continuously and must not be affected by others. */

import type { Socket } from 'socket.io-client';
import { isRecord } from '../../shared/parse.js';
import { openSocket } from './contract-callers.js';
import { until } from './until.js';

/** Open requests at a time. */
const WIDTH = 4;

export class Neighbour {
  /** Right answers so far. */
  answered = 0;
  /** Wrong answers, and a lost connection. */
  readonly faults: string[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Map<string, number>();
  #asked = 0;

  private constructor(socket: Socket, right: (x: number) => number) {
    this.#socket = socket;
    socket.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') this.faults.push(`disconnected: ${reason}`);
    });
    socket.on('prediction_error', (error: unknown) => this.faults.push(JSON.stringify(error)));
    socket.on('prediction', (raw: unknown) => {
      const x = isRecord(raw) && typeof raw.id === 'string' ? this.#waiting.get(raw.id) : undefined;
      if (x === undefined || !isRecord(raw) || JSON.stringify(raw.prediction) !== JSON.stringify([[right(x)]])) {
        this.faults.push(`${x}: ${JSON.stringify(raw)}`);
      } else this.answered += 1;
      if (isRecord(raw)) this.#waiting.delete(String(raw.id));
      this.#ask();
    });
    for (let i = 0; i < WIDTH; i++) this.#ask();
  }

  /** @param right the result of model `linear` for a number, exact in float32. */
  static async open(url: string, right: (x: number) => number): Promise<Neighbour> {
    return new Neighbour(await openSocket(url), right);
  }

  /** Resolves after `answers` more right answers. */
  async goesOn(answers = 2): Promise<void> {
    const target = this.answered + answers;
    await until('the neighbour goes on', () => this.answered >= target || this.faults.length > 0);
    if (this.faults.length > 0) throw new Error(`the neighbour was disturbed: ${this.faults[0]}`);
  }

  close(): void {
    this.#socket.disconnect();
  }

  #ask(): void {
    if (!this.#socket.connected) return;
    const x = this.#asked++ % 1000;
    const id = `n${this.#asked}`;
    this.#waiting.set(id, x);
    this.#socket.emit('predict', { input: [x], model: 'linear', id });
  }
}
