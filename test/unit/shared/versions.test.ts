import { expect, test } from 'vitest';
import { commonProtocol, mismatchText, PROTOCOLS, protocolsOf } from '../../../shared/protocol/versions.js';
import { PROTOCOL_VERSION } from '../../../shared/protocol.js';

test.each([
  ['the same', [1, 1], [1, 1], 1],
  ['an older client', [1, 2], [1, 1], 1],
  ['an older hub', [1, 1], [1, 2], 1],
  ['a step between', [2, 3], [1, 2], 2],
  ['two steps: a newer hub', [3, 4], [1, 2], undefined],
  ['two steps: a newer client', [1, 2], [3, 4], undefined],
] as const)('%s: %j and %j speak %j', (_what, hub, client, spoken) => {
  expect(commonProtocol(hub, client)).toBe(spoken);
  expect(commonProtocol(client, hub)).toBe(spoken);
});

test('says which end to update', () => {
  expect(mismatchText([3, 4], [1, 2])).toBe('the hub speaks protocol 3 to 4, the client 1 to 2; update the client');
  expect(mismatchText([1, 1], [2, 3])).toBe('the hub speaks protocol 1, the client 2 to 3; update the hub');
});

test.each([
  [{ protocol: 1 }, [1, 1]],
  [{ protocol: 1, protocols: [1, 2] }, [1, 2]],
  [{ protocols: [2, 1] }, undefined],
  [{ protocols: ['1', 2] }, undefined],
  [{ protocols: [] }, undefined],
  [{ protocols: 'x', protocol: 1 }, [1, 1]],
  [{ protocol: '1' }, undefined],
  [{}, undefined],
  [null, undefined],
  ['1', undefined],
])('reads of %j the range %j', (raw, range) => {
  expect(protocolsOf(raw)).toEqual(range);
});

test('speaks the current version, and the one before if there is one', () => {
  expect(PROTOCOLS[1]).toBe(PROTOCOL_VERSION);
  expect(PROTOCOLS[0]).toBe(Math.max(1, PROTOCOL_VERSION - 1));
});
