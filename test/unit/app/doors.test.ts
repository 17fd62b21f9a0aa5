import { expect, test } from 'vitest';
import { Doors } from '../../../server/app/seams/doors.js';
import type { DoorParts } from '../../../server/contracts/door.js';
import type { Hub } from '../../../server/core/hub.js';
import type { HttpDoor, HttpPlace } from '../../../server/transports/http-place.js';

/** What a door is opened with, as far as `Doors` itself looks at it. */
const PARTS = { place: { app: { after: async () => undefined } } } as unknown as DoorParts<HttpPlace, Hub>;

function doorWith(name: string, done: string[], changes: Partial<HttpDoor> = {}): HttpDoor {
  const note = async (what: string): Promise<undefined> => void done.push(`${name} ${what}`) as undefined;
  const acts = { open: () => note('open'), seeOff: () => note('seeOff'), close: () => note('close') };
  return { name, connections: 2, ...acts, goaway: (ms) => void note(`goaway ${ms}`), ...changes };
}

test('a door that throws is reported, and the others go away, are seen off and closed', async () => {
  const done: string[] = [];
  const faults: string[] = [];
  const bug = (): never => {
    throw new Error('a bug');
  };
  const bad = doorWith('bad', done, { goaway: bug, seeOff: bug, close: async () => bug() });
  const doors = new Doors((where, cause) => faults.push(`${where}: ${cause}`));
  doors.add([bad, doorWith('good', done)]);

  doors.goaway(5);
  await doors.seeOff(100, 'all');
  await doors.close();

  expect(done).toEqual(['good goaway 5', 'good seeOff', 'good close']);
  expect(faults).toEqual(Array.from({ length: 3 }, () => 'door bad: Error: a bug'));
  expect(doors.connections).toBe(4);
});

test.each([
  ['throws', () => Promise.reject(new Error('port 1 is taken\nat line 3')), 'bad: port 1 is taken'],
  ['answers a problem', async () => 'port 1 is taken\nat line 3', 'bad: port 1 is taken'],
  ['answers something else', async () => 7 as unknown as string, 'bad: open answered 7, expected nothing'],
])('a door whose `open` %s is a problem that names it, and none is opened after it', async (_, open, problem) => {
  const done: string[] = [];
  const [first, bad, last] = [doorWith('first', done), doorWith('bad', done, { open }), doorWith('last', done)];
  const doors = new Doors(() => undefined);
  doors.add([first, bad, last]);

  expect(await doors.open([first, bad, last], PARTS)).toBe(problem);
  expect(done).toEqual(['first open']);
  await doors.close();
  expect(done).toEqual(['first open', 'first close', 'bad close', 'last close']);
});
