import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { MemoryBroker, openDoorServer, systemClock } from 'tickcast';
import type { WireError } from 'tickcast/protocol';
import {
  brokerContract,
  type ContractCase,
  type DoorAnswer,
  type DoorCaller,
  type DoorHub,
  type DoorUnderTest,
  doorContract,
  runtimeContract,
  tapContract,
} from 'tickcast/testing';
import { rowsDoor } from './rows-door.js';
import { runtime } from './scale-runtime.js';
import { slowTap } from './slow-tap.js';

// The folder of a model that the runtime can run. This one reads no file.
const folder = await mkdtemp(join(tmpdir(), 'scale-'));
after(() => rm(folder, { recursive: true }));

function check(what: string, cases: readonly ContractCase[]): void {
  describe(what, () => {
    for (const { name, run } of cases) test(name, run);
  });
}

check(
  'the tap',
  tapContract(() => slowTap),
);

// `right`: what a row must give. A runtime whose models have files also has an `emptyFolder`, which it must refuse.
const source = { folder, options: { factor: 3 } };
check('the runtime', runtimeContract({ runtime, source, right: ([x = 0]) => [3 * x] }));

check('the door', doorContract(openDoor));

/** The door on the hub of a case, and how a caller of the case calls it. */
async function openDoor({ hub, models }: DoorHub): Promise<DoorUnderTest> {
  const door = rowsDoor();
  const { url, close } = await openDoorServer([door], { hub, models });
  return { door, close, call: async () => caller(url) };
}

/** A caller over HTTP: its requests end when it leaves. */
function caller(url: string): DoorCaller {
  const left = new AbortController();
  return {
    ask: (rows, model = 'twice') => post(`${url}/rows/${model}`, rows, left.signal),
    leave: async () => left.abort(),
  };
}

async function post(url: string, rows: readonly unknown[], signal: AbortSignal): Promise<DoorAnswer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(rows), signal });
  const body = (await response.json()) as { prediction: number[][]; error: WireError };
  return response.ok ? { ok: true, values: body.prediction.flat() } : { ok: false, code: body.error.code };
}

check(
  'the broker',
  brokerContract(async () => {
    let epochs = 0;
    const maxItems = 50;
    const time = { clock: systemClock, wallNow: Date.now };
    const names = { mark: 'hub1', nonce: () => `${++epochs}` };
    return { broker: new MemoryBroker({ ...time, ...names, maxItems, maxBytes: 1 << 20 }), maxItems };
  }),
);
