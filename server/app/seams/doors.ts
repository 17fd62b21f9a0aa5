/**
 * All doors of a hub, its own and those of others. A door that fails to open is a problem of the start; one that fails
 * later is reported, and costs the other doors nothing.
 */

import { firstLine } from '../../../shared/words/message-of.js';
import { shown } from '../../../shared/words/shown.js';
import type { DoorParts } from '../../contracts/door.js';
import type { Hub } from '../../core/hub.js';
import type { HttpDoor, HttpPlace } from '../../transports/http-place.js';

export class Doors {
  readonly #all: HttpDoor[] = [];
  readonly #fault: (where: string, cause: unknown) => void;

  constructor(fault: (where: string, cause: unknown) => void) {
    this.#fault = fault;
  }

  /** Adds doors, to be closed with the others even if they are never opened. */
  add(doors: readonly HttpDoor[]): void {
    this.#all.push(...doors);
  }

  /** Opens added doors in their order. Resolves with one line about the first that cannot be, or undefined. */
  async open(doors: readonly HttpDoor[], parts: DoorParts<HttpPlace, Hub>): Promise<string | undefined> {
    for (const door of doors) {
      const problem = await opening(door, parts);
      if (problem !== undefined) return `${door.name}: ${problem}`;
    }
    return undefined;
  }

  /** Open connections of all doors. */
  get connections(): number {
    return this.#all.reduce((sum, { connections }) => sum + connections, 0);
  }

  goaway(graceMs: number): void {
    for (const door of this.#all) {
      try {
        door.goaway?.(graceMs);
      } catch (cause) {
        this.#failed(door, cause);
      }
    }
  }

  seeOff(deadline: number, which: 'polling' | 'all'): Promise<void> {
    return this.#each((door) => door.seeOff?.(deadline, which));
  }

  close(): Promise<void> {
    return this.#each((door) => door.close());
  }

  async #each(act: (door: HttpDoor) => Promise<void> | undefined): Promise<void> {
    await Promise.all(
      this.#all.map(async (door) => {
        try {
          await act(door);
        } catch (cause) {
          this.#failed(door, cause);
        }
      }),
    );
  }

  #failed({ name }: HttpDoor, cause: unknown): void {
    this.#fault(`door ${name}`, cause);
  }
}

async function opening(door: HttpDoor, parts: DoorParts<HttpPlace, Hub>): Promise<string | undefined> {
  try {
    const problem: unknown = await door.open(parts);
    // What it registers is loaded now, so that its problems carry its name.
    await parts.place.app.after();
    if (problem === undefined) return undefined;
    return typeof problem === 'string' ? firstLine(problem) : `open answered ${shown(problem)}, expected nothing`;
  } catch (cause) {
    return firstLine(cause);
  }
}
