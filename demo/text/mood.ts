/**
 * The talk about one topic over time: a mood that drifts and sometimes jumps, and heat that follows a jump. Knows no
 * words.
 */

import type { Random } from './random.js';

/** Time constant of the drift, in seconds. */
const MEMORY_SECONDS = 40;
/** How far the drift wanders in one second, on the scale from -1 to 1. */
const WANDER = 0.09;
/** Mean time between jumps, in seconds. */
const JUMP_EVERY_SECONDS = 30;
/** Minimum size of a jump. */
const JUMP_AT_LEAST = 0.7;
/** Factor by which a topic is discussed more right after a jump, and the time constant of its cooling, in seconds. */
const JUMP_HEAT = 2.5;
const COOLING_SECONDS = 8;
/** Time step of the simulation, in seconds. */
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

  /** How much the topic is discussed: normally 1, more after a jump. */
  get weight(): number {
    return 1 + this.#heat;
  }

  /** Advances to `seconds` after the start, in whole steps, so that the number of calls does not matter. */
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
    // Towards the side with more room.
    const way = this.#value > 0 ? -1 : 1;
    this.#value = clamp(this.#value + way * this.#random.between(JUMP_AT_LEAST, 1.6));
    this.#heat = JUMP_HEAT;
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
