/**
 * Whether an object that a program or a package gives has what its seam needs. Checked at start: a door without `close`
 * would fail when the hub ends, and a tap without a name whenever it is reported.
 */

import { ADAPTER_NAME, ADAPTER_NAME_FORM } from '../../../shared/limits.js';
import { isObject } from '../../../shared/parse.js';
import { isNot } from '../../../shared/words/shown.js';
import type { Broker } from '../../contracts/broker.js';
import type { Tap } from '../../contracts/tap.js';
import type { HttpDoor } from '../../transports/http-place.js';

type Need = 'needed' | 'optional';
/** Every function of a seam, so that a new one cannot be forgotten here. */
type FunctionsOf<Seam, Fields extends keyof Seam = never> = Readonly<Record<Exclude<keyof Seam, Fields>, Need>>;

const TAP: FunctionsOf<Tap, 'name'> = {
  predicted: 'optional',
  failed: 'optional',
  refused: 'optional',
  batch: 'optional',
  batchFailed: 'optional',
  poison: 'optional',
  fault: 'optional',
  state: 'optional',
  transport: 'optional',
  engine: 'optional',
  stream: 'optional',
  close: 'optional',
};
const DOOR: FunctionsOf<HttpDoor, 'name' | 'connections'> = {
  open: 'needed',
  goaway: 'optional',
  seeOff: 'optional',
  close: 'needed',
};
const BROKER: FunctionsOf<Broker> = {
  now: 'needed',
  follow: 'needed',
  open: 'needed',
  isOwn: 'needed',
  close: 'needed',
};

/** What a tap lacks, in one line; undefined when it is one. */
export function tapProblem(tap: unknown): string | undefined {
  if (!isObject(tap)) return isNot(tap, 'an object with a name and callbacks');
  const { name } = tap;
  if (typeof name !== 'string' || name.trim() === '') return `name ${isNot(name, 'a text')}`;
  return functionProblem(tap, TAP);
}

/** What a door lacks, in one line; undefined when it is one. */
export function doorProblem(door: unknown): string | undefined {
  if (!isObject(door)) return isNot(door, 'an object with name, connections, open and close');
  const { name, connections } = door;
  if (typeof name !== 'string' || !ADAPTER_NAME.test(name)) return `name ${isNot(name, ADAPTER_NAME_FORM)}`;
  if (typeof connections !== 'number' || !Number.isFinite(connections))
    return `connections ${isNot(connections, 'the number of open connections, 0 for a door without')}`;
  return functionProblem(door, DOOR);
}

/** What a broker lacks, in one line; undefined when it is one. */
export function brokerProblem(broker: unknown): string | undefined {
  if (!isObject(broker)) return isNot(broker, `an object with ${Object.keys(BROKER).join(', ')}`);
  return functionProblem(broker, BROKER);
}

function functionProblem(
  object: Readonly<Record<string, unknown>>,
  functions: Readonly<Record<string, Need>>,
): string | undefined {
  for (const [name, need] of Object.entries(functions)) {
    const value = object[name];
    if (typeof value === 'function' || (value === undefined && need === 'optional')) continue;
    return `${name} ${isNot(value, need === 'needed' ? 'a function' : 'a function or nothing')}`;
  }
  return undefined;
}
