import { afterEach, expect, test } from 'vitest';
import { type DoorServer, openDoorServer } from '../../../server/app/door-server.js';
import { RestDoor } from '../../../server/transports/http/rest-door.js';
import type { HttpDoor } from '../../../server/transports/http-place.js';
import { makeHub, makeModel } from '../../support/core.js';

const opened: DoorServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function open(doors: readonly HttpDoor[]): Promise<string> {
  const server = await openDoorServer(doors, { hub: makeHub().hub, models: [makeModel('twice')] });
  opened.push(server);
  return server.url;
}

test('a door is called at a free port of its own, and shows the models', async () => {
  const [one, other] = [await open([new RestDoor()]), await open([new RestDoor()])];

  expect(one).not.toBe(other);
  expect(await (await fetch(`${one}/models`)).json()).toMatchObject({ models: [{ name: 'twice', state: 'ready' }] });
  expect((await fetch(`${one}/models/twice@1`)).status).toBe(200);
  expect((await fetch(`${one}/models/none`)).status).toBe(404);
  expect(await (await fetch(`${other}/streams`)).json()).toEqual({ streams: [] });
});

test('what is wrong with a door is thrown, and all are closed', async () => {
  const closed: string[] = [];
  const doorWith = (name: string, problem: string | undefined): HttpDoor => ({
    name,
    connections: 0,
    open: async () => problem,
    close: async () => void closed.push(name),
  });

  await expect(open([doorWith('good', undefined), doorWith('bad', 'port 1 is taken')])).rejects.toThrow(
    'bad: port 1 is taken',
  );
  expect(closed).toEqual(['good', 'bad']);
});

test('what a door throws when it is closed is thrown, after the server is closed', async () => {
  const door: HttpDoor = {
    name: 'bad',
    connections: 0,
    open: async () => undefined,
    close: () => Promise.reject(new Error('a bug')),
  };
  const server = await openDoorServer([door], { hub: makeHub().hub, models: [] });

  await expect(server.close()).rejects.toThrow('a bug');
  await expect(fetch(server.url)).rejects.toThrow();
});
