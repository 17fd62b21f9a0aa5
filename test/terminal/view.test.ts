import { expect, test } from 'vitest';
import { apportion, clock, milliseconds, percentages } from '../../command-line/view/figures.js';
import { cutTo, fitTo, textWidth } from '../../command-line/view/text-width.js';
import { frame } from '../../demo/view/frame.js';
import { colours, noColours, paintFor } from '../../demo/view/paint.js';
import { progressLines, summaryText } from '../../demo/view/plain.js';
import { Tally } from '../../demo/view/tally.js';
import { feedReport } from './feed-report.js';

const TOPICS = ['coffee', 'trains', 'phones', 'weather', 'football', 'app update'];

function someTally(): Tally {
  const tally = new Tally(0);
  for (let at = 0; at < 40_000; at += 250) {
    const report = feedReport({
      sent: 1000,
      answered: 999,
      errors: { OVERLOADED: 1 },
      errorExample: 'the queue of sentiment@2 is full',
      latencies: { 100: 10, 150: 1 },
      topics: { coffee: [7, 2, 1], trains: [0, 3, 6] },
      newest: [
        {
          topic: 'coffee',
          text: `☕☕ 漢字 e\u0301 message ${at} ${'so good '.repeat(20)}`,
          label: 'positive',
          score: 0.987,
        },
      ],
    });
    tally.addReport(report, at);
  }
  tally.addTotals({ batches: 10, rows: 35 }, 39_000);
  return tally;
}

const input = (columns: number, rows: number, paint = noColours) => ({
  tally: someTally(),
  topics: TOPICS,
  url: 'http://127.0.0.1:3000',
  lastLog: 'a line of log',
  columns,
  rows,
  paint,
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts a colour
const withoutColours = (line: string): string => line.replace(/\x1b\[[0-9;]*m/g, '');

test('a frame never leaves its terminal, whatever the size', () => {
  for (const columns of [1, 5, 9, 12, 20, 31, 40, 60, 79, 80, 81, 110, 200]) {
    for (const rows of [1, 2, 5, 10, 19, 20, 34, 60]) {
      const lines = frame(input(columns, rows, colours)).map(withoutColours);
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  }
});

test('a frame shows connection, figures, every topic and the newest message first', () => {
  const lines = frame(input(110, 34));
  const text = lines.join('\n');

  expect(lines).toHaveLength(34);
  for (const part of ['sentiment@2', '● connected', '4,000/s', 'errors 160', 'mean batch 3.5', 'OVERLOADED 160']) {
    expect(text).toContain(part);
  }
  expect(lines[1]).toBe(' Watch it live: http://127.0.0.1:3000/');
  for (const topic of TOPICS) expect(text).toContain(` ${topic} `);
  const shown = lines.filter((line) => line.startsWith(' positive 0.99'));
  expect(shown[0]).toContain('message 39750');
  expect(shown[1]).toContain('message 39500');
});

test('without colours the shares of a bar are told by their cells', () => {
  const [line = ''] = frame(input(110, 34)).filter((candidate) => candidate.startsWith(' coffee'));

  expect(line).toMatch(/ ▒{30,}·{5,}█{3,} +70 % +20 % +10 %/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts a colour
  expect(frame(input(110, 34)).join('')).not.toMatch(/\x1b/);
});

test('a lost connection is told in words', () => {
  const tally = someTally();
  tally.addReport(feedReport({ connection: 'reconnecting' }), 40_000);

  expect(frame({ ...input(110, 34), tally })[0]).toContain('○ reconnecting');
  expect(progressLines(tally)).toContain('reconnecting');
});

test('a frame can be drawn before anything came', () => {
  const lines = frame({ ...input(110, 34), tally: new Tally(0) });

  expect(lines.join('\n')).toContain('waiting for the first answer');
  expect(lines.join('\n')).not.toMatch(/NaN|undefined/);
});

test('the summary has the totals of the whole run', () => {
  const text = summaryText(someTally());

  for (const part of ['160,000', '159,840', 'OVERLOADED 160', 'the queue of sentiment@2 is full', '3.5']) {
    expect(text).toContain(part);
  }
});

test('NO_COLOR turns colours off, unless it is empty', () => {
  expect(paintFor({})).toBe(colours);
  expect(paintFor({ NO_COLOR: '' })).toBe(colours);
  expect(paintFor({ NO_COLOR: '1' })).toBe(noColours);
});

test.each([
  ['plain', 5],
  ['☕😍', 4],
  ['e\u0301', 1],
  ['漢字', 4],
  ['can’t…', 6],
  ['', 0],
])('%j takes %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

test('a text is cut between characters, never through one', () => {
  expect(cutTo('ab☕cd', 4)).toBe('ab…');
  expect(cutTo('ab☕cd', 5)).toBe('ab☕…');
  expect(cutTo('ab☕cd', 6)).toBe('ab☕cd');
  expect(cutTo('ab', 0)).toBe('');
  expect(fitTo('☕☕☕', 4)).toBe('☕… ');
  expect(fitTo('7', 3, 'right')).toBe('  7');
});

test('shares are whole numbers that add up', () => {
  expect(percentages([1, 1, 1])).toEqual([34, 33, 33]);
  expect(percentages([0, 0, 0])).toEqual([0, 0, 0]);
  expect(apportion([2, 1, 1], 55)).toEqual([27, 14, 14]);
  expect(apportion([5, 0, 0], 7)).toEqual([7, 0, 0]);
});

test('times are written as people read them', () => {
  expect([milliseconds(1.234), milliseconds(12.6), milliseconds(12_340), milliseconds(undefined)]).toEqual([
    '1.2 ms',
    '13 ms',
    '12.3 s',
    '–',
  ]);
  expect([clock(0), clock(65.9), clock(6000)]).toEqual(['00:00', '01:05', '100:00']);
});
