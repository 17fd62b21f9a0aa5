import { expect, test } from 'vitest';
import { frame, OPCODE, repeated } from '../../../../bench/chaos/wire/frame.js';
import { clientTextFrame } from '../../../../bench/load/frames.js';

test.each([0, 125, 126, 65_535])('a text frame of %d bytes is what the other clients of the bench send', (bytes) => {
  const payload = 'x'.repeat(bytes);

  expect(frame(payload).equals(clientTextFrame(Buffer.from(payload)))).toBe(true);
});

test('each field of a frame can be wrong by itself', () => {
  expect([...frame('a', { isMasked: false })]).toEqual([0x81, 1, 97]);
  expect([...frame('a', { reserved: 5, opcode: OPCODE.ping, isFinal: false })]).toEqual([0x59, 0x81, 0, 0, 0, 0, 97]);
  expect([...frame('', { declaredBytes: 2 ** 32 })]).toEqual([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('a frame repeated is its bytes that often', () => {
  expect(repeated(frame('2'), 3)).toEqual(Buffer.concat([frame('2'), frame('2'), frame('2')]));
});
