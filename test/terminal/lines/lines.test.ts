import { expect, test } from 'vitest';
import { type Line, LineSplitter, MAX_LINE_BYTES, readLines } from '../../../cli/feed/line-splitter.js';
import { textOf } from '../../../cli/feed/line-text.js';

/** The lines of these bytes, given in chunks of `chunkBytes`. */
function split(input: string | Uint8Array, chunkBytes = 1000): readonly Line[] {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const splitter = new LineSplitter();
  const lines: Line[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    lines.push(...splitter.push(bytes.subarray(at, at + chunkBytes)));
  }
  return [...lines, ...splitter.end()];
}

const texts = (lines: readonly Line[]): readonly string[] => lines.map(({ text }) => text);
const line = (text: string, cut = false): Line => ({ text, endBytes: text.length, cut });

test.each([1, 2, 3, 7, 1000])(
  'lines are the same in chunks of %i bytes: LF, CRLF, accents, emoji, no last line end',
  (size) => {
    expect(texts(split('one\r\ntwo\n\nhéllo 🎉\r\nlast', size))).toEqual(['one', 'two', '', 'héllo 🎉', 'last']);
  },
);

test('a line end at the end begins no further line, and nothing is no line', () => {
  expect(texts(split('one\n'))).toEqual(['one']);
  expect(split('')).toEqual([]);
});

test('a line knows where it ends, in bytes of the input', () => {
  expect(split('é\r\nab\n\nc', 2).map(({ endBytes }) => endBytes)).toEqual([4, 7, 8, 9]);
});

test('a byte order mark is no text, and bytes that are no UTF-8 become a mark of their own', () => {
  expect(texts(split('\ufeffone\ntwo'))).toEqual(['one', 'two']);
  expect(texts(split(Uint8Array.of(0x61, 0xff, 0xc3, 0x0a, 0x62)))).toEqual(['a\ufffd\ufffd', 'b']);
});

test('a line that never ends is held up to a bound, and the next line is whole again', () => {
  const long = 'é'.repeat(MAX_LINE_BYTES);
  const lines = split(`x${long}\nnext\n`, 65_536);

  expect(lines.map(({ cut }) => cut)).toEqual([true, false]);
  expect(Buffer.byteLength(lines[0]?.text ?? '')).toBeLessThanOrEqual(MAX_LINE_BYTES);
  // The bound split a character, which is left out.
  expect(lines[0]?.text).toMatch(/^xé+$/);
  expect(lines[1]?.text).toBe('next');
});

test('a chunk is read when the lines before it have been taken', async () => {
  let chunks = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (; ; chunks++) yield Buffer.from('a\nb\n');
  }
  const lines = readLines(source());
  for (let i = 0; i < 5; i++) await lines.next();

  expect(chunks).toBe(2);
  await lines.return();
});

test('a text is the line as it is; blank lines are empty', () => {
  expect(textOf(line(' good '), 100)).toEqual({ kind: 'text', text: ' good ', cut: false });
  expect([textOf(line(''), 100), textOf(line(' \t'), 100)]).toEqual([{ kind: 'empty' }, { kind: 'empty' }]);
});

test('a text over the hub’s limit is cut, never through a character', () => {
  expect(textOf(line('abcdef'), 4)).toEqual({ kind: 'text', text: 'abcd', cut: true });
  expect(textOf(line('abc🎉'), 4)).toEqual({ kind: 'text', text: 'abc', cut: true });
  expect(textOf(line('ab🎉'), 4)).toEqual({ kind: 'text', text: 'ab🎉', cut: false });
  expect(textOf(line('abc', true), 100)).toEqual({ kind: 'text', text: 'abc', cut: true });
});

test.each([
  ['{"text":"good"}', 'text', { kind: 'text', text: 'good', cut: false }],
  ['{"a":{"b":"deep"}}', 'a.b', { kind: 'text', text: 'deep', cut: false }],
  ['{"a.b":"flat","a":{"b":"deep"}}', 'a.b', { kind: 'text', text: 'flat', cut: false }],
  ['{"text":" "}', 'text', { kind: 'empty' }],
  ['', 'text', { kind: 'empty' }],
  ['{"text":5}', 'text', { kind: 'unreadable' }],
  ['{"other":"x"}', 'text', { kind: 'unreadable' }],
  ['{"a":"x"}', 'toString', { kind: 'unreadable' }],
  ['"text"', 'length', { kind: 'unreadable' }],
  ['plain words', 'text', { kind: 'unreadable' }],
] as const)('of the JSON line %j the field %j is taken, or not', (json, field, expected) => {
  expect(textOf(line(json), 100, field)).toEqual(expected);
});
