import { expect, test } from 'vitest';
import { makeClient } from './fake-socket.js';
import { FakePage, subscribe } from './stream-fixtures.js';

test('tells the hub when the page is hidden and when it is seen again, and only of changes', () => {
  const page = new FakePage();
  const { socket } = subscribe({}, {}, page);

  page.set(true);
  page.set(true);
  page.set(false);

  expect(socket.payloads('pace')).toEqual([{ hidden: true }, { hidden: false }]);
});

test('says so again after a lost connection while hidden, before it subscribes', () => {
  const page = new FakePage();
  const { socket } = subscribe({}, {}, page);
  page.set(true);

  socket.lose();
  socket.hello();

  const told = socket.events.map(({ event }) => event).filter((event) => event !== 'echo');
  expect(told).toEqual(['subscribe', 'pace', 'pace', 'subscribe']);
});

test('says nothing to a new connection when the page can be seen again', () => {
  const page = new FakePage();
  const { socket } = subscribe({}, {}, page);
  page.set(true);
  socket.lose();

  socket.writable = false;
  page.set(false);
  socket.hello();

  expect(socket.payloads('pace')).toEqual([{ hidden: true }]);
});

test('listens once for all subscriptions, from the first to the last', () => {
  const page = new FakePage();
  const { client, socket } = makeClient({}, page);
  socket.hello();
  page.set(true);
  expect(page.handlers.size).toBe(0);

  const first = client.subscribe('a');
  const second = client.subscribe('b');
  expect(page.handlers.size).toBe(1);
  first.close();
  expect(page.handlers.size).toBe(1);
  second.close();

  expect(page.handlers.size).toBe(0);
  expect(socket.payloads('pace')).toEqual([{ hidden: true }]);
});

test('corrects what the hub believes with the next subscription', () => {
  const page = new FakePage();
  const { client, socket, subscription } = subscribe({}, {}, page);
  page.set(true);
  subscription.close();
  page.set(false);

  client.subscribe('live');

  expect(socket.payloads('pace')).toEqual([{ hidden: true }, { hidden: false }]);
});

test('takes its listener off when the client is closed', () => {
  const page = new FakePage();
  const { client } = subscribe({}, {}, page);

  client.close();

  expect(page.handlers.size).toBe(0);
});
