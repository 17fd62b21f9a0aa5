/** The transports of one connection as one valve: one, or two during an upgrade. Held as long as there is a reason. */

import type { Valve } from './valve.js';

/** Reasons not to read a connection: one bit each. */
const HELD_BY = { turn: 1, pause: 2, unread: 4, order: 8 } as const;
export type Holder = keyof typeof HELD_BY;

/** Reports when the system has taken everything sent so far. */
export interface Drain {
  on(event: 'drain', run: () => void): unknown;
  off(event: 'drain', run: () => void): unknown;
}

export class Valves {
  #all: readonly { readonly valve: Valve; readonly drain: Drain }[] = [];
  #holders = 0;
  #onDrain: (() => void) | undefined;

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** Bytes passed to the system and not taken by the peer. */
  get pendingBytes(): number {
    return this.#all.reduce((bytes, { valve }) => bytes + valve.pendingBytes, 0);
  }

  add(valve: Valve, drain: Drain): void {
    this.#all = [...this.#all, { valve, drain }];
    if (this.#holders !== 0) valve.hold();
    if (this.#onDrain !== undefined) drain.on('drain', this.#onDrain);
  }

  remove(valve: Valve): void {
    this.#all = this.#all.filter((other) => other.valve !== valve);
  }

  isHeldBy(holder: Holder): boolean {
    return (this.#holders & HELD_BY[holder]) !== 0;
  }

  hold(holder: Holder): void {
    const before = this.#holders;
    this.#holders |= HELD_BY[holder];
    if (before === 0) for (const { valve } of this.#all) valve.hold();
  }

  release(holder: Holder): void {
    const before = this.#holders;
    this.#holders &= ~HELD_BY[holder];
    if (before !== 0 && this.#holders === 0) for (const { valve } of this.#all) valve.release();
  }

  /** Releases them, whatever the reasons. */
  releaseAll(): void {
    this.#holders = 0;
    for (const { valve } of this.#all) valve.release();
  }

  /** Calls `run` at each drain until called with `undefined`. Every answer drains, so this listens only when needed. */
  watch(run: (() => void) | undefined): void {
    const before = this.#onDrain;
    this.#onDrain = run;
    for (const { drain } of this.#all) {
      if (before !== undefined) drain.off('drain', before);
      if (run !== undefined) drain.on('drain', run);
    }
  }

  destroy(): void {
    for (const { valve } of this.#all) valve.destroy();
  }
}
