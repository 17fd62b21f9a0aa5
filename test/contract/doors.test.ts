import { describe, test } from 'vitest';
import { openDoorServer } from '../../server/app/door-server.js';
import { type DoorCaller, type DoorHub, type DoorUnderTest, doorContract } from '../../server/testing/door-contract.js';
import { RestDoor } from '../../server/transports/http/rest-door.js';
import type { HttpDoor } from '../../server/transports/http-place.js';
import { CALLERS, type Caller, type CallerName } from '../support/contract-callers.js';
import { openSocketIo } from '../support/contract-hub.js';

const DOORS: Readonly<Partial<Record<CallerName, () => HttpDoor>>> = {
  'POST /predict': () => new RestDoor(),
  'Socket.IO events': openSocketIo,
  'Socket.IO acknowledgements': openSocketIo,
};

async function openDoor(name: CallerName, door: HttpDoor, { hub, models }: DoorHub): Promise<DoorUnderTest> {
  const { url, close } = await openDoorServer([door], { hub, models });
  return { door, call: async () => callerOf(await CALLERS[name]({ hub, url })), close };
}

function callerOf(caller: Caller): DoorCaller {
  return {
    ask: async (input, model) => {
      const answer = await caller.ask(model === undefined ? { input } : { input, model }).answer;
      if (!answer.ok) return { ok: false, code: answer.error.code };
      return { ok: true, values: (answer.value.prediction as readonly number[][]).flat() };
    },
    leave: () => caller.close(),
  };
}

describe.each(Object.entries(DOORS))('the contract of a door: %s', (name, make) => {
  for (const { name: title, run } of doorContract((on) => openDoor(name as CallerName, make(), on))) test(title, run);
});
