import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { viewCounts, viewLine } from '../../../cli/log/line-view.js';
import { parseLogLine } from '../../../cli/log/log-line.js';

const HOSTILE = [
  ...Array.from({ length: 0x20 }, (_, i) => i),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  0x61c,
  0x200e,
  0x200f,
  ...Array.from({ length: 7 }, (_, i) => 0x2028 + i),
  ...Array.from({ length: 4 }, (_, i) => 0x2066 + i),
  0xd800,
].map((code) => String.fromCharCode(code));
const FIT = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;

test('no character that a terminal obeys is in a line, whatever field it came in', () => {
  for (const character of HOSTILE) {
    const value = `a${character}[31mb`;
    for (const field of ['model', 'label', 'stream', 'input', 'prediction']) {
      const entry = { time: '2026-11-25T20:00:00Z', model: 'mood@1', score: 0.5, [field]: value };
      const line = parseLogLine(JSON.stringify(entry));
      if (line === undefined) throw new Error('the line was not read');
      // A value with its own escape is JSON text before it is shown, and needs no second one.
      expect(stripVTControlCharacters(viewLine(line))).toMatch(FIT);
      expect(viewLine(line)).not.toContain(value);
    }
    expect(viewCounts(new Map([[value, 1]]), false).replaceAll('\n', '')).toMatch(FIT);
  }
});
