/** The transports of one connection as one: one, or two while it is upgraded. They are held for as long as there is a reason for it. */

import type { Valve } from './valve.js';

/** Why a connection is not read: one bit each. */
const HELD_BY = { turn: 1, pause: 2, unread: 4, order: 8 } as const;
export type Holder = keyof typeof HELD_BY;

/** Tells when what was sent last has been taken by the system. */
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

  /** Bytes given to the system and not taken by the peer's. */
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

  /** Whatever held them. */
  releaseAll(): void {
    this.#holders = 0;
    for (const { valve } of this.#all) valve.release();
  }

  /** Calls `run` at each drain until `undefined` is given. Every answer drains: it is listened to only while it matters. */
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
