/** A hub with its transports over any engine, whose batches a test can hold, read and lose. */

import { openDoorServer } from '../../server/app/door-server.js';
import { systemClock } from '../../server/app/system-clock.js';
import type { BatchOutcome, Engine, EngineModel, PackedBatch } from '../../server/contracts/engine.js';
import type { ModelDirectory, ReadyModel } from '../../server/contracts/model.js';
import type { TransportEvent } from '../../server/contracts/transport-events.js';
import { Hub, type HubOptions } from '../../server/core/hub.js';
import { Taps } from '../../server/core/taps.js';
import { MemoryBroker } from '../../server/streams/memory-broker.js';
import { Streams } from '../../server/streams/streams.js';
import { RestDoor } from '../../server/transports/http/rest-door.js';
import { SocketIoDoor } from '../../server/transports/socketio/socketio-door.js';
import { viewBatch } from '../../shared/batch-layout.js';
import type { HubLimits } from '../../shared/limits.js';
import { DEFAULT_OPTIONS } from './core.js';
import { STREAM_OPTIONS } from './streams.js';
import { within } from './until.js';

export interface GateRun {
  readonly model: EngineModel;
  /** Elements of its first input. */
  readonly values: readonly number[];
}

/** Passes batches on to another engine; while held they wait here, posted and not computed. */
export class GateEngine implements Engine {
  /** Every batch so far, in posting order. */
  readonly runs: GateRun[] = [];
  /** Whether a thread dies of a batch with these values. */
  dies: (values: readonly number[]) => boolean = () => false;
  readonly #inner: Engine;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;

  constructor(inner: Engine) {
    this.#inner = inner;
  }

  get slots(): number {
    return this.#inner.slots;
  }

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#open();
  }

  async run(model: EngineModel, batch: PackedBatch): Promise<BatchOutcome> {
    const values = [...(viewBatch(model, batch.rows, batch.buffer).inputs[0] ?? [])];
    this.runs.push({ model, values });
    await this.#gate;
    if (this.dies(values)) return { status: 'lost', reason: 'the thread died by the test' };
    return this.#inner.run(model, batch);
  }
}

export interface ContractModels extends ModelDirectory {
  readonly all: readonly ReadyModel[];
}

export interface ContractHub {
  readonly hub: Hub;
  readonly engine: GateEngine;
  readonly url: string;
  /** Faults of handlers, and requests unsettled at its end. */
  close(): Promise<readonly string[]>;
}

/** What a hub is made of, by its modules' own names: of the source, or of a package. */
export interface HubModules {
  readonly Hub: typeof Hub;
  readonly Taps: typeof Taps;
  readonly Streams: typeof Streams;
  readonly MemoryBroker: typeof MemoryBroker;
  readonly RestDoor: typeof RestDoor;
  readonly SocketIoDoor: typeof SocketIoDoor;
  readonly openDoorServer: typeof openDoorServer;
}

const SOURCE: HubModules = { Hub, Taps, Streams, MemoryBroker, RestDoor, SocketIoDoor, openDoorServer };

/** Room for what a test does with connections. */
export function openSocketIo(Door = SocketIoDoor): SocketIoDoor {
  return new Door({
    maxOutboxBytes: 1 << 20,
    resumeMs: 1000,
    maxLostSessions: 10,
    maxConnections: 1000,
    maxAttachments: 64,
    maxConnectionsPerAddress: 0,
    connectsPerSecond: 0,
  });
}

/** Room for everything: a test of a limit sets that limit. No receipts, since they differ between runs. */
const ROOMY: HubOptions = {
  ...DEFAULT_OPTIONS,
  maxQueueRows: 8192,
  maxInFlightRows: 4096,
  maxBatchRows: 4096,
  receipts: false,
};

/** Streams on the machine's clock, kept in memory. */
function openStreams(modules: HubModules): Streams {
  return new modules.Streams({
    clock: systemClock,
    broker: new modules.MemoryBroker({
      clock: systemClock,
      wallNow: Date.now,
      mark: 'test',
      nonce: () => 'epoch',
      maxItems: 10,
      maxBytes: 1 << 20,
    }),
    random: Math.random,
    options: STREAM_OPTIONS,
    listener: () => {},
    watch: () => {},
  });
}

export async function openContractHub(
  inner: Engine,
  models: ContractModels,
  changes: Partial<HubOptions> = {},
  modules = SOURCE,
): Promise<ContractHub> {
  const options = { ...ROOMY, ...changes };
  const engine = new GateEngine(inner);
  const streams = openStreams(modules);
  const faults: string[] = [];
  const taps = new modules.Taps(systemClock, [
    {
      name: 'faults',
      fault: (_, cause) => void faults.push(cause instanceof Error ? String(cause.stack) : String(cause)),
    },
  ]);
  const hub = new modules.Hub({ engine, models, clock: systemClock, options, publisher: streams, taps });
  const limits: HubLimits = { ...options, maxFrameBytes: 1 << 20, maxJsonBytes: 65_536, maxTextLength: 1000 };
  const listener = (event: TransportEvent): void => taps.transport(event);
  const parts = { hub, subscriptions: streams, limits, models: models.all, listener };
  const { url, close: closeDoors } = await modules.openDoorServer(
    [new modules.RestDoor(), openSocketIo(modules.SocketIoDoor)],
    parts,
  );

  const close = async (): Promise<readonly string[]> => {
    engine.release();
    await closeDoors();
    streams.close();
    const { accepted, settled } = await within('the hub drains', hub.drain(5000));
    if (accepted !== settled) faults.push(`${accepted} requests were accepted, ${settled} were settled`);
    return faults;
  };
  return { hub, engine, url, close };
}
