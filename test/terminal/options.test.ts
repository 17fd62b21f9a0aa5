import { expect, test } from 'vitest';
import { parseOptions } from '../../demo/options.js';

test('without options the demo sends 40 messages a second until it is ended, to a hub on the usual port or a free one', () => {
  expect(parseOptions([])).toEqual({
    kind: 'options',
    options: { rate: 40, port: undefined, durationSeconds: undefined, seed: 1 },
  });
});

test('options are read as numbers, in both spellings', () => {
  expect(parseOptions(['--rate=2000', '--port', '3000', '--duration', '5', '--seed', '0'])).toEqual({
    kind: 'options',
    options: { rate: 2000, port: 3000, durationSeconds: 5, seed: 0 },
  });
});

test('--help lists every option', () => {
  const outcome = parseOptions(['--help']);
  const text = outcome.kind === 'help' ? outcome.text : '';
  for (const option of ['--rate', '--port', '--duration', '--seed', 'NO_COLOR']) expect(text).toContain(option);
});

test.each([
  [['--rate', '0'], '--rate is "0", expected a whole number from 1 to 5000; see --help'],
  [['--rate', '1e3'], '--rate is "1e3", expected a whole number from 1 to 5000; see --help'],
  [['--port=70000', '--seed', 'x'], '--port is "70000", expected a whole number from 0 to 65535; --seed is "x", '],
  [['--duration', ''], '--duration is "", expected a whole number from 1 to 86400'],
  [['--texts', 'a.tsv'], "Unknown option '--texts'; see --help"],
  [['--rate'], "'--rate <value>' argument missing; see --help"],
  [['fast'], "Unexpected argument 'fast'"],
])('%j is refused in one readable line', (args, problem) => {
  const outcome = parseOptions(args);
  expect(outcome).toMatchObject({ kind: 'problem', problem: expect.stringContaining(problem) });
  expect(JSON.stringify(outcome)).not.toContain('\\n');
});
