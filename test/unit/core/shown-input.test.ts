import { expect, test } from 'vitest';
import { castText, redacted } from '../../../server/core/requests/shown-input.js';

const context = { model: 'm@1', stream: 's' };
const hide = (text: string): string => text.replace(/\d+/g, '#');

test('every text of an input is redacted, whatever its form; numbers and bytes are the same values', () => {
  const never = (): never => {
    throw new Error('no fault is expected');
  };
  const bytes = new Float32Array([1, 2]);
  expect(redacted('call 123', hide, context, never)).toBe('call #');
  expect(redacted(['a1', 'b'], hide, context, never)).toEqual(['a#', 'b']);
  expect(redacted({ text: ['a1'], x: [1, 2], y: bytes }, hide, context, never)).toEqual({
    text: ['a#'],
    x: [1, 2],
    y: bytes,
  });
  const numbers = [[1, 2]];
  expect(redacted(numbers, hide, context, never)).toBe(numbers);
  expect(redacted(bytes, hide, context, never)).toBe(bytes);
});

test('a redaction that fails, or answers with no text, leaves the text out and is told', () => {
  const faults: unknown[] = [];
  const fails = (text: string): string => {
    if (text === 'b') throw new Error('broken');
    return undefined as unknown as string;
  };
  expect(redacted(['a', 'b'], fails, context, (cause) => faults.push(cause))).toEqual(['', '']);
  expect(faults.map(String)).toEqual([expect.stringMatching(/returned undefined/), 'Error: broken']);
});

test.each([
  ['off', undefined, undefined],
  ['cut', 2000, 3000],
  ['full', 3000, undefined],
] as const)('text-in-streams %s: viewers get %s characters', (how, length, whole) => {
  const text = 'x'.repeat(3000);
  expect(castText([text], 0, how)).toEqual({
    text: length === undefined ? undefined : text.slice(0, length),
    textLength: whole,
  });
  expect(castText([[1]], 0, how)).toEqual({ text: undefined, textLength: undefined });
});

test('a text is not cut between the halves of a pair', () => {
  const text = `${'a'.repeat(1999)}😀${'b'.repeat(50)}`;
  expect(castText(text, 0, 'cut')).toEqual({ text: 'a'.repeat(1999), textLength: text.length });
});
