import { expect, test } from 'vitest';
import { clientTextFrame, FrameReader } from '../../../bench/load/frames.js';

/** A frame as a server sends it: without a mask. */
function serverFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

const text = (content: string): Buffer => serverFrame(0x81, Buffer.from(content));

test('frames of every length are found, however the bytes are cut into chunks', () => {
  const sent = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(70_000), 'e'];
  const short = sent.filter(({ length }) => length < 1000);
  for (const [contents, size] of [
    [short, 1],
    [short, 2],
    [short, 3],
    [short, 127],
    [sent, 1000],
    [sent, 65_536],
    [sent, 100_000],
  ] as const) {
    const bytes = Buffer.concat(contents.map(text));
    const got: string[] = [];
    const reader = new FrameReader((all, start, end) => got.push(all.toString('utf8', start, end)));
    // Each chunk reuses the memory of the previous one, as the client does.
    const chunk = Buffer.alloc(size);
    for (let at = 0; at < bytes.length; at += size) {
      const length = bytes.copy(chunk, 0, at, at + size);
      expect(reader.read(chunk.subarray(0, length))).toBeUndefined();
      chunk.fill(0xff);
    }
    expect(got).toEqual(contents);
  }
});

test('a close frame is told with its code and reason', () => {
  const reader = new FrameReader(() => undefined);
  const payload = Buffer.concat([Buffer.from([0x03, 0xf1]), Buffer.from('slow')]);
  expect(reader.read(serverFrame(0x88, payload))).toBe('the server closed the WebSocket (code 1009, slow)');
});

test.each([
  ['a binary frame', serverFrame(0x82, Buffer.from('x'))],
  ['a fragment', serverFrame(0x01, Buffer.from('x'))],
  ['a compressed frame', serverFrame(0xc1, Buffer.from('x'))],
  ['a masked frame', clientTextFrame(Buffer.from('x'))],
])('%s is refused', (_, frame) => {
  expect(new FrameReader(() => undefined).read(frame)).toEqual(expect.any(String));
});

test('a ping is passed over', () => {
  const got: string[] = [];
  const reader = new FrameReader((all, start, end) => got.push(all.toString('utf8', start, end)));
  expect(reader.read(Buffer.concat([serverFrame(0x89, Buffer.from('p')), text('after')]))).toBeUndefined();
  expect(got).toEqual(['after']);
});

test("a client's frame has the length in the right form and a mask that changes nothing", () => {
  const short = clientTextFrame(Buffer.from('hi'));
  expect([...short]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
  const long = clientTextFrame(Buffer.alloc(300, 'x'));
  expect([...long.subarray(0, 8)]).toEqual([0x81, 0xfe, 1, 44, 0, 0, 0, 0]);
  expect(long.length).toBe(308);
  expect(() => clientTextFrame(Buffer.alloc(70_000))).toThrow(RangeError);
});
