/** How the talk about one topic goes over time: a mood that drifts, sometimes jumps, and heat that follows a jump. Knows no words. */

import type { Random } from './random.js';

/** A drift forgets where it was in about this time, in seconds. */
const MEMORY_SECONDS = 40;
/** How far a drift wanders in one second, on the scale from -1 to 1. */
const WANDER = 0.09;
/** Mean time between two jumps, in seconds. */
const JUMP_EVERY_SECONDS = 30;
/** A jump goes at least so far. */
const JUMP_AT_LEAST = 0.7;
/** A topic is talked about so many times as much right after a jump; it cools down in about this time, in seconds. */
const JUMP_HEAT = 2.5;
const COOLING_SECONDS = 8;
/** A mood is computed this often, in seconds. */
const STEP_SECONDS = 0.25;

export class Mood {
  readonly #random: Random;
  #value: number;
  #heat = 0;
  #time = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#value = random.between(-0.8, 0.8);
  }

  /** From -1, all complain, to 1, all praise. */
  get value(): number {
    return this.#value;
  }

  /** How much the topic is talked about: 1 as a rule, more after a jump. */
  get weight(): number {
    return 1 + this.#heat;
  }

  /** Moves on to `seconds` after the start, in whole steps, so that it does not matter how often it is called. */
  advance(seconds: number): void {
    while (this.#time + STEP_SECONDS <= seconds) {
      this.#time += STEP_SECONDS;
      this.#step();
    }
  }

  #step(): void {
    this.#heat *= Math.exp(-STEP_SECONDS / COOLING_SECONDS);
    this.#value *= Math.exp(-STEP_SECONDS / MEMORY_SECONDS);
    this.#value = clamp(this.#value + WANDER * Math.sqrt(STEP_SECONDS) * this.#random.bell());
    if (!this.#random.chance(1 - Math.exp(-STEP_SECONDS / JUMP_EVERY_SECONDS))) return;
    // Towards the side that has more room.
    const way = this.#value > 0 ? -1 : 1;
    this.#value = clamp(this.#value + way * this.#random.between(JUMP_AT_LEAST, 1.6));
    this.#heat = JUMP_HEAT;
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
