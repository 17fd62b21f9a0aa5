import { expect, test } from 'vitest';
import { streamNameOf } from '../../command-line/stream-name.js';
import { TOPICS } from '../../demo/text/topics.js';
import { STREAM_NAME } from '../../shared/limits.js';

test.each([
  ['coffee', 'coffee'],
  ['logs/web.1_a-b', 'logs/web.1_a-b'],
  ['app update', 'app-update'],
  ['café au lait', 'cafe-au-lait'],
  ['_private', 'private'],
  ['a  & b!', 'a-b'],
  ['日本', 'other'],
  ['', 'other'],
  ['x'.repeat(70), 'x'.repeat(64)],
])('%j becomes the stream %j', (name, stream) => {
  expect(streamNameOf(name, 'other')).toBe(stream);
  expect(stream).toMatch(STREAM_NAME);
});

test('every topic is a stream of its own', () => {
  expect(new Set(TOPICS.map(({ name }) => streamNameOf(name, 'other'))).size).toBe(TOPICS.length);
});
