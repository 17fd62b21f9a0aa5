import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { HubWebSocket, webSocketOptions } from '../../../../server/transports/wire/web-socket.js';
import { frame } from '../../../support/raw-socket.js';

/** A connection without a network: pushed data has arrived, written data is kept, and taken only on demand. */
class Pipe extends Duplex {
  readonly written: Buffer[] = [];
  takes = true;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written.push(chunk);
    if (this.takes) done();
  }
}

function open(maxFrameBytes = 1 << 20) {
  const pipe = new Pipe();
  const options = webSocketOptions(maxFrameBytes);
  const socket = new HubWebSocket(null, undefined, options);
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(String(data)));
  socket.on('error', () => undefined);
  socket.setSocket(pipe as unknown as Socket, Buffer.alloc(0), options);
  return { pipe, socket, messages };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function numbered(from: number, to: number): Buffer {
  return Buffer.concat(Array.from({ length: to - from }, (_, i) => frame(String(from + i))));
}

test('reading is held between two messages of one chunk, and goes on where it was', async () => {
  const { pipe, socket, messages } = open();
  socket.on('message', () => {
    if (messages.length === 3) socket.hold();
  });
  pipe.push(numbered(0, 10));
  pipe.push(numbered(10, 20));
  await settled();
  expect(messages).toEqual(['0', '1', '2']);
  pipe.push(numbered(20, 30));
  await settled();
  expect(messages).toHaveLength(3);

  socket.release();
  await settled();

  expect(messages).toEqual(Array.from({ length: 30 }, (_, i) => String(i)));
});

test('held again and again, nothing is lost, doubled or out of order, wherever the chunks are cut', async () => {
  const { pipe, socket, messages } = open();
  socket.on('message', () => {
    if (messages.length % 7 !== 0) return;
    socket.hold();
    if (messages.length % 2 === 0) setImmediate(() => socket.release());
    else socket.release();
  });
  const all = numbered(0, 1000);
  for (let at = 0; at < all.length; at += 37) pipe.push(all.subarray(at, at + 37));
  for (let i = 0; i < 400 && messages.length < 1000; i++) await settled();

  expect(messages).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)));
});

test('while it is held no more is taken off the connection than a chunk', async () => {
  const { pipe, socket } = open();
  socket.hold();
  for (let i = 0; i < 50; i++) pipe.push(Buffer.alloc(65_536, frame('x'.repeat(100))));
  await settled();
  await settled();

  expect(pipe.readableLength).toBeGreaterThanOrEqual(48 * 65_536);
});

test('a connection that ends while it is held is seen to end', async () => {
  const { pipe, socket, messages } = open();
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  socket.on('message', () => socket.hold());
  pipe.push(numbered(0, 5));
  await settled();
  pipe.destroy();
  for (let i = 0; i < 10 && !closed; i++) await settled();

  expect(closed).toBe(true);
  expect(messages).toEqual(['0']);
});

test('a ping is answered, but not by pongs that cannot leave', async () => {
  const { pipe } = open();
  pipe.push(frame('one', 9));
  await settled();
  expect(Buffer.concat(pipe.written).subarray(-3).toString()).toBe('one');
  const before = pipe.written.length;
  pipe.takes = false;
  for (let i = 0; i < 100; i++) {
    pipe.push(Buffer.concat(Array.from({ length: 100 }, () => frame('x'.repeat(120), 9))));
    await settled();
  }

  expect(pipe.written.length).toBeLessThanOrEqual(before + 2);
  expect(pipe.writableLength).toBeLessThan(20_000);
});

test('a message over the limit is told of before the close', async () => {
  const { pipe, socket } = open(1000);
  socket.onTooLarge = () => socket.send('a last word');
  pipe.push(frame('x'.repeat(1001)));
  await settled();
  const said = Buffer.concat(pipe.written);

  expect(said.subarray(2, 13).toString()).toBe('a last word');
  // A close frame of two bytes: 1009.
  expect([...said.subarray(13)]).toEqual([0x88, 2, 1009 >> 8, 1009 & 255]);
});

test('what is written and not taken counts', () => {
  const { pipe, socket } = open();
  pipe.takes = false;
  expect(socket.pendingBytes).toBe(0);
  socket.send('x'.repeat(5_000));

  expect(socket.pendingBytes).toBeGreaterThanOrEqual(5_000);
  socket.destroy();
});
