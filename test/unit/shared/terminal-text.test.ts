import { expect, test } from 'vitest';
import { terminalJson, terminalText } from '../../../shared/terminal-text.js';

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
}

const C0 = range(0, 0x1f);
const OTHERS: readonly (readonly [name: string, characters: readonly string[]])[] = [
  ['DEL and C1', range(0x7f, 0x9f)],
  ['line and paragraph separators', range(0x2028, 0x2029)],
  ['marks of direction', ['\u061c', '\u200e', '\u200f']],
  ['embeddings and overrides', range(0x202a, 0x202e)],
  ['isolates', range(0x2066, 0x2069)],
  ['lone surrogates', range(0xd800, 0xdfff)],
  ['what is not seen', ['\u00ad', '\u200b', '\u2060', '\ufeff', '\u{e0001}', '\u{e0041}']],
];

test.each([['C0', C0] as const, ...OTHERS])(
  '%s: each is shown by its code, wherever it stands',
  (_name, characters) => {
    for (const character of characters) {
      const code = character
        .split('')
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join('');
      expect(terminalText(`a${character}b${character}`)).toBe(`a${code}b${code}`);
      expect(terminalText(character)).toBe(code);
    }
  },
);

test.each(OTHERS)('JSON with %s is the same value without them', (_name, characters) => {
  for (const character of characters) {
    const json = `{"${character}":"${character}x"}\n`;
    const shown = terminalJson(json);
    expect(shown).toMatch(/^[ -~]+\n$/);
    expect(JSON.parse(shown)).toEqual({ [character]: `${character}x` });
  }
});

test('JSON keeps what stands between its values', () => {
  expect(terminalJson('{"a":\t1,\r\n"b\u009b":2}\n')).toBe('{"a":\t1,\r\n"b\\u009b":2}\n');
});

test('every other character of every script stays as it is, joined emoji included', () => {
  const kept = 'abc äöü ñ 你好 שלום سلام नमस्ते ไทย e\u0301 👩\u200d👩\u200d👧 می\u200cخواهم ❤\ufe0f ½ \u00a0 |';
  expect(terminalText(kept)).toBe(kept);
  expect(terminalJson(JSON.stringify(kept))).toBe(JSON.stringify(kept));
  for (const character of range(0xa0, 0x2ff)) {
    if (character !== '\u00ad') expect(terminalText(character)).toBe(character);
  }
});
