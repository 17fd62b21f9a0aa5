import { expect, test } from 'vitest';
import { helpText } from '../../command-line/help.js';
import { readCommandLine } from '../../command-line/program.js';
import { DEMO } from '../../demo/options.js';

const read = (args: readonly string[]) => readCommandLine(DEMO, args);

test('without options the demo sends 40 messages a second until it is ended, to a hub on the usual port or a free one', () => {
  expect(read([])).toMatchObject({
    kind: 'values',
    values: { rate: 40, port: undefined, duration: undefined, seed: 1 },
  });
});

test('options are read as numbers, in both spellings', () => {
  expect(read(['--rate=2000', '--port', '3000', '--duration', '5', '--seed', '0'])).toMatchObject({
    kind: 'values',
    values: { rate: 2000, port: 3000, duration: 5, seed: 0 },
  });
});

test('--help lists every option', () => {
  const text = helpText(DEMO);
  for (const option of ['--rate', '--port', '--duration', '--seed', 'NO_COLOR']) expect(text).toContain(option);
});

test.each([
  [['--rate', '0'], '--rate is "0", expected 1 to 5000; see --help'],
  [['--rate', '1e3'], '--rate is "1e3", expected 1 to 5000; see --help'],
  [['--port=70000', '--seed', 'x'], '--port is "70000", expected 0 to 65535; --seed is "x", '],
  [['--duration', ''], '--duration is "", expected 1 to 86400'],
  [['--texts', 'a.tsv'], 'unknown option --texts; see --help'],
  [['--rate'], '--rate needs a value (1 to 5000); see --help'],
  [['fast'], 'unexpected argument "fast"; see --help'],
])('%j is refused in one readable line', (args, problem) => {
  const outcome = read(args);
  expect(outcome).toMatchObject({ kind: 'problem', problem: expect.stringContaining(problem) });
  expect(JSON.stringify(outcome)).not.toContain('\\n');
});
