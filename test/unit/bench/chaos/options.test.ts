import { expect, test } from 'vitest';
import { attackNames, measuredNames } from '../../../../bench/chaos/attacks/table.js';
import { faultNames } from '../../../../bench/chaos/faults.js';
import { chaosOptions, checkChaos, listText, OPTIONS } from '../../../../bench/chaos/options.js';
import { readCommandLine } from '../../../../command-line/program.js';

const CHAOS = { name: 'chaos', intro: '', options: OPTIONS, check: checkChaos };
const parsed = (args: readonly string[]) => {
  const outcome = readCommandLine(CHAOS, args);
  return outcome.kind === 'values' ? chaosOptions(outcome.values, () => 77) : outcome;
};

test('without options chaos does everything for two minutes, by a new seed, on a small heap', () => {
  const everything = { attacks: attackNames, faults: faultNames };

  expect(parsed([])).toMatchObject({ seed: 77, minutes: 2, heap: 128, ...everything });
  expect(parsed(['--seed', '5'])).toMatchObject({ seed: 5 });
});

test('--only takes attacks and faults, and leaves out all others', () => {
  expect(parsed(['--only', 'kill,jsonp'])).toMatchObject({ attacks: ['jsonp'], faults: ['kill'] });
});

test('--skip leaves out attacks and faults', () => {
  const without = <T>(names: readonly T[], name: T): readonly T[] => names.filter((one) => one !== name);

  expect(parsed(['--skip', 'kill,jsonp'])).toMatchObject({
    attacks: without(attackNames, 'jsonp'),
    faults: without(faultNames, 'kill'),
  });
});

test('the measure takes the attacks of one hostile connection, for 30 seconds each', () => {
  expect(parsed(['--measure'])).toMatchObject({ seconds: 30, attacks: measuredNames, faults: [] });
  expect(measuredNames).toContain('connect-burst-post');
});

test('--list names every attack and every fault', () => {
  for (const name of [...attackNames, ...faultNames]) expect(listText()).toContain(name);
});

test.each([
  [['--seed', 'x'], '--seed is "x", expected 0 to 2147483647'],
  [['--minutes', '0'], '--minutes is "0", expected 0.1 to 600'],
  [['--only', 'jsonp,tea'], '--only has "tea", expected NAME,...'],
  [['--skip', 'tea'], '--skip has "tea", expected NAME,...'],
  [['--measure', '--only', 'kill'], '--measure takes attacks, and kill is a fault'],
  [['--overlap', '0'], '--overlap is "0"'],
  [['--url', 'http://example.com'], 'unknown option --url'],
])('%j is refused in words', (args, problem) => {
  expect(parsed(args)).toMatchObject({ kind: 'problem', problem: expect.stringContaining(problem) });
});
