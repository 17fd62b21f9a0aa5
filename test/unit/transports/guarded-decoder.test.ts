import type { Packet } from 'socket.io-parser';
import { expect, test } from 'vitest';
import { guardedDecoder, Oversized } from '../../../server/transports/guarded-decoder.js';

function decode(...chunks: (string | Buffer)[]): Packet[] {
  const packets: Packet[] = [];
  const decoder = new (guardedDecoder(300))();
  decoder.on('decoded', (packet: Packet) => packets.push(packet));
  for (const chunk of chunks) decoder.add(chunk);
  return packets;
}

const long = JSON.stringify({ input: Array(200).fill(1) });

test('an event within the limit is decoded as ever', () => {
  expect(decode('2["predict",{"input":[1]}]')).toMatchObject([{ type: 2, data: ['predict', { input: [1] }] }]);
});

test('a predict over the limit is not parsed but answered: its acknowledgement id is kept', () => {
  expect(decode(`217["predict",${long}]`)).toEqual([
    { type: 2, nsp: '/', id: 17, data: ['predict', expect.any(Oversized)] },
  ]);
  expect(decode(`2["predict",${long}]`)[0]).not.toHaveProperty('id');
});

test('its attachments are skipped, and what follows is decoded', () => {
  const packets = decode(`52-3["predict",${long}]`, Buffer.alloc(4), Buffer.alloc(4), '2["cancel",{"id":1}]');

  expect(packets.map((packet) => (packet.data as unknown[])[0])).toEqual(['predict', 'cancel']);
});

test('the limit is in bytes, not characters', () => {
  expect(decode(`2["predict",{"input":"${'é'.repeat(130)}"}]`)[0]?.data).not.toContainEqual(expect.any(Oversized));
  expect(decode(`2["predict",{"input":"${'é'.repeat(150)}"}]`)[0]?.data).toContainEqual(expect.any(Oversized));
});

test('a handshake over the limit is one with a token that nobody has', () => {
  expect(decode(`0{"token":"${'x'.repeat(400)}"}`)).toEqual([
    { type: 0, nsp: '/', data: { token: expect.any(Oversized) } },
  ]);
});

test('any other event over the limit is a violation', () => {
  expect(() => decode(`2["other",${long}]`)).toThrow('maxJsonBytes');
});
