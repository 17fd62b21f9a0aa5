import { describe, test } from 'vitest';
import { type DoorCaller, type DoorHub, type DoorUnderTest, doorContract } from '../../server/testing/door-contract.js';
import { CALLERS, type Caller, type CallerName } from '../support/contract-callers.js';
import { openDoors, openStreams } from '../support/contract-hub.js';

const DOORS = {
  'POST /predict': 'rest',
  'Socket.IO events': 'socketio',
  'Socket.IO acknowledgements': 'socketio',
} as const;
const LIMITS = {
  maxFrameBytes: 1 << 20,
  maxJsonBytes: 65_536,
  maxRequestRows: 32,
  maxInFlightRows: 1024,
  maxTextLength: 1000,
};

async function openDoor(name: keyof typeof DOORS, { hub, models }: DoorHub): Promise<DoorUnderTest> {
  const streams = openStreams();
  const opened = await openDoors({ hub, streams, limits: LIMITS, models, listener: () => {} });
  const url = await opened.http.listen({ host: '127.0.0.1', port: 0 });
  const call = async (): Promise<DoorCaller> => callerOf(await CALLERS[name as CallerName]({ hub, url }));
  const close = async (): Promise<void> => {
    for (const door of opened.doors) await door.close();
    streams.close();
    opened.http.server.closeAllConnections();
    await opened.http.close();
  };
  return { door: opened[DOORS[name]], call, close };
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

describe.each(Object.keys(DOORS) as (keyof typeof DOORS)[])('the contract of a door: %s', (name) => {
  for (const { name: title, run } of doorContract((on) => openDoor(name, on))) test(title, run);
});
