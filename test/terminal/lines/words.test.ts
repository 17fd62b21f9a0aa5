import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { modelProblem } from '../../../cli/feed/feed-hub.js';
import { LineCounts } from '../../../cli/feed/line-counts.js';
import { ProgressLine } from '../../../cli/feed/progress-line.js';
import { progressText, summaryText, watchText } from '../../../cli/feed/words.js';

const end = { name: 'texts.txt', stream: 'texts', interrupted: false, maxTextLength: 10_000, json: undefined };

/** Half of 2,000 lines in 20 s. */
function someCounts(): LineCounts {
  const lineCounts = new LineCounts(0);
  for (let at = 0; at <= 20_000; at += 250) {
    for (let i = 0; i < 12; i++) lineCounts.answer('sentiment@2', i % 3 === 0 ? 'positive' : 'negative', 2);
    lineCounts.tick(at);
  }
  lineCounts.sent = lineCounts.answered + 5;
  return lineCounts;
}

test('the address of the page names the stream', () => {
  expect(watchText('http://127.0.0.1:3000', 'logs/web')).toBe('Watch it at http://127.0.0.1:3000/?stream=logs/web\n');
});

test('progress has per cent, time left, counts, rate, labels, latency and what is in flight', () => {
  const text = progressText(someCounts(), { connection: 'connected', inFlight: 5, share: 0.5 });

  expect(text).toBe(
    '00:20  50 %  00:20 left  sent 977  answered 972  48.0/s  negative 67 %, positive 33 %  p50 2.0 ms  in flight 5',
  );
});

test('progress without an end in sight names none, and tells a lost connection and failures', () => {
  const lineCounts = someCounts();
  lineCounts.failure('OVERLOADED', 'full');
  const text = progressText(lineCounts, { connection: 'reconnecting', inFlight: 1000, share: undefined });

  expect(text).toMatch(/^00:20 {2}reconnecting {2}sent 977 {2}answered 972 {2}failed 1 /);
  expect(text).not.toMatch(/left|NaN/);
});

test('progress can be told before anything came', () => {
  expect(progressText(new LineCounts(0), { connection: 'connected', inFlight: 0, share: 0 })).toBe(
    '00:00  0 %  sent 0  answered 0  0.0/s  p50 –  in flight 0',
  );
});

test('the summary says what became of every line', () => {
  const lineCounts = someCounts();
  lineCounts.failure('TOO_LARGE', 'too many bytes');
  lineCounts.failure('TOO_LARGE', 'too many bytes');
  Object.assign(lineCounts, { empty: 3, unreadable: 2, cut: 1, resent: 7, unanswered: 3 });

  expect(summaryText(lineCounts, { ...end, json: 'text' })).toBe(
    [
      'texts.txt to stream texts, sentiment@2: done in 00:20',
      '  sent        977  (7 sent again)',
      '              3 empty lines skipped, 2 lines without a JSON field "text" skipped, 1 cut to 10,000 characters',
      '  answered    972  (48.6/s)',
      '  labels      negative 648 (67 %), positive 324 (33 %)',
      '  failed      2  (TOO_LARGE 2; one: too many bytes)',
      '  unanswered  3',
      '  latency     p50 2.0 ms, p99 2.0 ms',
      '',
    ].join('\n'),
  );
});

test('a model of many labels makes no long line, and any number of labels takes bounded memory', () => {
  const lineCounts = new LineCounts(0);
  for (let i = 0; i < 10_000; i++) lineCounts.answer('m@1', `label ${i}`, 1);

  expect(lineCounts.labels.size).toBeLessThan(50);
  expect(summaryText(lineCounts, end)).toMatch(/labels {6}other .*, and others\n/);
});

test('lately means the last seconds: rates and latencies of before do not count', () => {
  const lineCounts = new LineCounts(0);
  for (let at = 0; at < 20_000; at += 250) {
    lineCounts.answer('m@1', undefined, at < 9_000 ? 100 : 1);
    lineCounts.tick(at);
  }

  expect(lineCounts.recentLatencyMs(0.99)).toBeLessThan(2);
  expect(lineCounts.latencyMs(0.5)).toBeLessThan(2);
  expect(lineCounts.latencyMs(0.99)).toBeGreaterThan(90);
  expect(lineCounts.recentRate).toBeCloseTo(4);
});

function output(isTTY: boolean, typing = false, columns = 40): { readonly line: ProgressLine; read(): string } {
  const pipe = new PassThrough();
  // Only these properties of a terminal are used.
  const stream = Object.assign(pipe, { columns, isTTY }) as unknown as WriteStream;
  return { line: new ProgressLine(stream, {}, typing), read: () => String(pipe.read() ?? '') };
}

test('in a terminal progress is one line that is rewritten, never wider than it, and taken away at the end', () => {
  const { line, read } = output(true);
  line.show('x'.repeat(100));
  const shown = read();
  line.clear();
  line.clear();

  expect(shown).toBe(`\r\x1b[K${'x'.repeat(36)}…`);
  expect(read()).toBe('\r\x1b[K');
  expect(line.everyMs).toBe(250);
});

test.each([
  ['without a terminal', output(false)],
  ['where somebody types the lines', output(true, true)],
])('%s progress is whole lines now and then', (_, { line, read }) => {
  line.show('x'.repeat(100));
  line.clear();

  expect(read()).toBe(`${'x'.repeat(100)}\n`);
  expect(line.everyMs).toBe(5_000);
});

const text = {
  name: 'sentiment',
  version: '2',
  inputs: [{ name: 'text', dtype: 'string', shape: [] }],
  outputs: [],
} as const;
const numbers = {
  name: 'iris',
  version: '2',
  inputs: [{ name: 'x', dtype: 'float32', shape: [4] }],
  outputs: [],
} as const;

test.each([
  [{ models: [text], defaultModel: 'sentiment@2' }, undefined, undefined],
  [{ models: [text, numbers] }, 'sentiment', undefined],
  [{ models: [text, numbers] }, undefined, 'choose one with --model; it has sentiment@2, iris@2'],
  [{ models: [text] }, 'mood', 'the hub has no model mood; it has sentiment@2'],
  [{ models: [text, numbers] }, 'iris@2', 'iris@2 takes numbers, not text'],
  [{ models: [] }, undefined, 'it has none'],
])('a hub whose models cannot take lines is told before the first: %#', (hello, wanted, problem) => {
  if (problem === undefined) expect(modelProblem(hello, wanted)).toBeUndefined();
  else expect(modelProblem(hello, wanted)).toContain(problem);
});
