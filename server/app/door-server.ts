/**
 * Doors on an HTTP server of their own, over any hub: without tokens, limits by address, page and log. For tests of
 * doors, such as `doorContract` of `tickcast/testing`.
 */

import { randomBytes } from 'node:crypto';
import type { HubLimits } from '../../shared/limits.js';
import { openAccess } from '../access/open-access.js';
import { configWith, limitsOf } from '../config/config.js';
import { version } from '../config/version.js';
import type { Allows } from '../contracts/access.js';
import type { ModelCatalogue } from '../contracts/door.js';
import { describeModel, type ReadyModel } from '../contracts/model.js';
import type { StreamSubscriptions } from '../contracts/streams.js';
import type { TransportListener } from '../contracts/transport-events.js';
import type { Hub } from '../core/hub.js';
import { MemoryBroker } from '../streams/memory-broker.js';
import { Streams } from '../streams/streams.js';
import type { HttpDoor } from '../transports/http-place.js';
import { HttpServers } from './http-servers.js';
import { Opened } from './opened.js';
import { Doors } from './seams/doors.js';
import { systemClock } from './system-clock.js';

/** What {@link openDoorServer} opens doors on. */
export interface DoorServerParts {
  readonly hub: Hub;
  /** The models that doors show to callers. */
  readonly models: readonly ReadyModel[];
  /** @default those of the options of the program, with the hub's own rows */
  readonly limits?: HubLimits;
  /** @default streams of their own, which nobody publishes to */
  readonly subscriptions?: StreamSubscriptions;
  /** Told what happens at the doors. @default nobody */
  readonly listener?: TransportListener;
}

/** Doors that can be called. */
export interface DoorServer {
  /** On loopback, at a free port. */
  readonly url: string;
  /** Closes the doors and the server; rejects with what a door threw. The hub stays. */
  close(): Promise<void>;
}

/** Opens doors, and listens. Rejects with what is wrong with one, after closing all. */
export async function openDoorServer(doors: readonly HttpDoor[], parts: DoorServerParts): Promise<DoorServer> {
  const { hub, models, listener = () => undefined } = parts;
  const faults: unknown[] = [];
  const note = (cause: unknown): void => void faults.push(cause);
  const opened = new Opened(note);
  const control = { access: openAccess, isOpenLoopback: false };
  const limits = parts.limits ?? { ...limitsOf(configWith()), ...rowsOf(hub) };
  const config = { ...configWith({ host: '127.0.0.1', port: 0, requestsPerSecond: 0 }), ...limits };
  const servers = await HttpServers.create({ config, control, listener });
  opened.add(() => servers.close());
  const subscriptions = parts.subscriptions ?? openStreams(opened);
  const all = new Doors((_, cause) => note(cause));
  all.add(doors);
  opened.add(() => all.close());
  const catalogue = catalogueOf(models);
  const shared = { hub, subscriptions, catalogue, access: openAccess, clock: systemClock, version, limits, listener };
  const isDraining = (): boolean => hub.state === 'draining';
  let problem = await all.open(doors, { ...shared, isDraining, place: servers.place });
  servers.guard();
  problem ??= await servers.listen();
  if (problem !== undefined) {
    await opened.close();
    throw new Error(problem);
  }
  const address = servers.outer.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    await opened.close();
    // A test of a door must see what it throws.
    if (faults.length > 0) throw faults[0];
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

function rowsOf({
  options: { maxRequestRows, maxInFlightRows },
}: Hub): Pick<HubLimits, 'maxRequestRows' | 'maxInFlightRows'> {
  return { maxRequestRows, maxInFlightRows };
}

function openStreams(opened: Opened): Streams {
  const { maxStreamItems: maxItems, maxStreamBytes: maxBytes, ...options } = configWith();
  const nonce = (): string => randomBytes(8).toString('hex');
  const broker = new MemoryBroker({ clock: systemClock, wallNow: Date.now, mark: 'test', nonce, maxItems, maxBytes });
  const outside = { listener: () => undefined, watch: () => undefined };
  const streams = new Streams({ clock: systemClock, broker, random: Math.random, options, ...outside });
  opened.add(() => streams.close());
  return streams;
}

function catalogueOf(models: readonly ReadyModel[]): ModelCatalogue {
  const all = models.map(({ spec }) => ({ ...describeModel(spec), state: 'ready' }));
  const shown = (sees: Allows = () => true) => all.filter(({ name }) => sees(name));
  return {
    list: shown,
    find: (reference) => all.findLast(({ name, version }) => name === reference || `${name}@${version}` === reference),
    offer: (sees) => ({ models: shown(sees).map(({ state: _, ...model }) => model) }),
    standard: (sees) => shown(sees)[0]?.name,
  };
}
