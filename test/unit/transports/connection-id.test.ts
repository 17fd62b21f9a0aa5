import { expect, test } from 'vitest';
import { connectionId } from '../../../server/transports/handshake/connection-id.js';

const CHOSEN = '0123456789abcdef0123456789abcdef';

test('a connection has the id that the proxy has chosen', () => {
  expect(connectionId({ 'x-connection-id': CHOSEN }, () => false)).toBe(CHOSEN);
});

test.each([
  ['none', undefined],
  ['a short one', 'abc'],
  ['one that can be guessed', 'propertyIsEnumerable'],
  ['two', `${CHOSEN}, ${CHOSEN}`],
  ['a longer one', `${CHOSEN}0`],
])('a connection for which %s is chosen has a random one', (_what, header) => {
  const ids = [1, 2].map(() => connectionId(header === undefined ? {} : { 'x-connection-id': header }, () => false));

  for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  expect(ids[0]).not.toBe(ids[1]);
});

test('an id that is taken is given to nobody else', () => {
  const id = connectionId({ 'x-connection-id': CHOSEN }, (taken) => taken === CHOSEN);

  expect(id).toMatch(/^[\w-]{22}$/);
});
