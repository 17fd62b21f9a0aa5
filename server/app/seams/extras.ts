/** What an embedding program adds to a hub, and whether it is that. Programs need not be in TypeScript. */

import type { Server } from 'node:http';
import { firstLine } from '../../../shared/words/message-of.js';
import { nearMiss } from '../../../shared/words/near-miss.js';
import { isNot, shown } from '../../../shared/words/shown.js';
import type { Tap } from '../../contracts/tap.js';
import type { HttpDoor } from '../../transports/http-place.js';
import { doorProblem, tapProblem } from './shapes.js';

/** Additions that only an embedding program can make. */
export interface AppExtras {
  /** File URLs of modules with runtimes other than TensorFlow.js; see docs/embedding.md. @default none */
  readonly runtimeModules?: readonly string[];
  /** Taps in addition to the log, the metrics and the prediction log. @default none */
  readonly taps?: readonly Tap[];
  /** Doors in addition to REST and Socket.IO. @default none */
  readonly doors?: readonly HttpDoor[];
  /**
   * A server to mount the hub on; the program opens and closes it, and keeps `/` and every path without a route of the
   * hub. @default the hub listens on `host` and `port` itself
   */
  readonly server?: Server;
}

const CHECKS: Readonly<Record<keyof AppExtras, (value: unknown) => string | undefined>> = {
  runtimeModules: (value) =>
    listProblem(value, (url) => (typeof url === 'string' ? undefined : isNot(url, 'a URL as a text'))),
  taps: (value) => listProblem(value, tapProblem),
  doors: (value) => listProblem(value, doorProblem),
  server: serverProblem,
};

/** The first thing wrong with extras, in one line; undefined when nothing is. */
export function extrasProblem(extras: unknown): string | undefined {
  if (typeof extras !== 'object' || extras === null || Array.isArray(extras))
    return `extras ${isNot(extras, 'an object')}`;
  const known = Object.keys(CHECKS);
  for (const [name, value] of Object.entries(extras)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof AppExtras] : undefined;
    if (check === undefined) {
      const meant = nearMiss(name, known);
      const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
      return `extras.${name} is not known; ${hint}`;
    }
    const problem = value === undefined ? undefined : check(value);
    if (problem !== undefined) return `extras.${name}${problem}`;
  }
  return undefined;
}

function listProblem(list: unknown, check: (member: unknown) => string | undefined): string | undefined {
  if (!Array.isArray(list)) return ` ${isNot(list, 'a list')}`;
  for (const [index, member] of list.entries()) {
    const problem = guarded(check, member);
    if (problem !== undefined) return `[${index}]${nameOf(member)}: ${problem}`;
  }
  return undefined;
}

/** A getter of foreign code may throw. */
function guarded(check: (member: unknown) => string | undefined, member: unknown): string | undefined {
  try {
    return check(member);
  } catch (cause) {
    return firstLine(cause);
  }
}

function nameOf(member: unknown): string {
  const isNamed = typeof member === 'object' && member !== null && 'name' in member;
  return isNamed && typeof member.name === 'string' && member.name !== '' ? ` (${shown(member.name)})` : '';
}

function serverProblem(server: unknown): string | undefined {
  // An https server is no http.Server, so its functions count.
  const isServer = typeof server === 'object' && server !== null && 'listeners' in server && 'address' in server;
  return isServer ? undefined : ` ${isNot(server, 'a server of node:http or node:https')}`;
}
