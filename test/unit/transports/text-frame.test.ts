import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { eventText, textFrame } from '../../../server/transports/socketio/text-frame.js';

// The library's own receiver reads what we write.
const { Receiver } = createRequire(import.meta.url)('ws') as {
  Receiver: new (
    options: object,
  ) => { on(name: string, run: (data: Buffer, binary: boolean) => void): void; write(bytes: Buffer): void };
};

function read(frame: Buffer): string[] {
  const messages: string[] = [];
  const receiver = new Receiver({ isServer: false, maxPayload: 1 << 24 });
  receiver.on('message', (data, binary) => messages.push(`${binary ? 'binary' : 'text'} ${data.toString()}`));
  receiver.on('error', (error) => messages.push(String(error)));
  receiver.write(frame);
  return messages;
}

test.each([0, 1, 100, 124, 125, 126, 200, 65_533, 65_534, 65_535, 65_536, 100_000])(
  'a frame of %i characters is read as one text message',
  (length) => {
    expect(read(textFrame('x'.repeat(length)))).toEqual([`text 4${'x'.repeat(length)}`]);
  },
);

test('lengths are counted in bytes, in any script', () => {
  const text = eventText('prediction', { label: 'größer 日本 🙂' });

  expect(text).toBe('2["prediction",{"label":"größer 日本 🙂"}]');
  expect(read(textFrame(text))).toEqual([`text 4${text}`]);
});
