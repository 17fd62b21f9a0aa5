import { afterEach, expect, test, vi } from 'vitest';
import { type LogFormat, openLog } from '../../../server/observe/log/logger.js';
import type { LogSink } from '../../../server/observe/log-sink.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

/** Everything a terminal may get: letters and spaces, line ends between lines, and our own colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are such sequences.
const FIT = /^(?:(?![\u200c\u200d])[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\n|\x1b\[\d+m)*$/u;

afterEach(() => vi.unstubAllEnvs());

function record(format: LogFormat, level = 'info', maxBytes = 1 << 20) {
  const clock = new ManualClock();
  const text = { written: '' };
  const sink: LogSink = {
    write: (bytes, done) => {
      text.written += bytes.toString();
      done(bytes.length);
    },
    writeLast: (bytes) => {
      text.written += bytes.toString();
    },
  };
  const { log, outlet } = openLog({ level, format, sink, clock, maxBytes });
  return { log, outlet, clock, text };
}

const HOSTILE = [
  ...Array.from({ length: 0x20 }, (_, i) => i),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  0x61c,
  0x200e,
  0x200f,
  ...Array.from({ length: 7 }, (_, i) => 0x2028 + i),
  ...Array.from({ length: 4 }, (_, i) => 0x2066 + i),
  0xd800,
  0xdfff,
  0xfeff,
].map((code) => String.fromCharCode(code));

test.each<LogFormat>(['json', 'pretty'])(
  '%s: no character that a terminal obeys is in any line, whatever field it came in',
  (format) => {
    for (const character of HOSTILE) {
      const { log, clock, text } = record(format);
      const value = `left${character}[31mright`;
      log.info({ origin: value, [value]: [{ deep: value }] }, value);
      log.error({ err: new Error(value) }, 'fault');
      log.warn({ err: { message: value, type: value, stack: `${value}\n${value}` }, hostname: value, name: value });
      clock.turn();
      expect(text.written).toMatch(FIT);
      // Indented lines belong to a stack.
      const lines = text.written.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
      expect(lines).toHaveLength(3);
    }
  },
);

test('pretty: colours are our own, and a hostile value stands there by its code, with one backslash', () => {
  vi.stubEnv('FORCE_COLOR', '1');
  const { log, clock, text } = record('pretty');
  log.info({ origin: 'http://\u009b31m\u001b[2J', city: 'Zürich 🌍' }, 'connection refused');
  clock.turn();

  expect(text.written).toContain('{"origin":"http://\\u009b31m\\u001b[2J","city":"Zürich 🌍"}');
  expect(text.written).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] .*INFO.*: .*connection refused.*\n$/);
});

test('json: the value is what it was', () => {
  const { log, clock, text } = record('json');
  log.info({ origin: HOSTILE.join('') }, 'refused');
  clock.turn();

  expect(JSON.parse(text.written)).toMatchObject({ level: 'info', origin: HOSTILE.join(''), msg: 'refused' });
});

test.each<LogFormat>(['json', 'pretty'])('%s: lines dropped are told at any level', (format) => {
  const { log, clock, text } = record(format, 'fatal', 300);
  for (let i = 0; i < 20; i++) log.fatal({ i }, 'line');
  clock.turn();

  expect(text.written).toMatch(/"dropped":\d+/);
  const [, dropped] = /"dropped":(\d+)/.exec(text.written) ?? [];
  expect((text.written.match(/"i":/g)?.length ?? 0) + Number(dropped)).toBe(20);
});
