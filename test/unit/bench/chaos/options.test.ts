import { expect, test } from 'vitest';
import { attackNames, measuredNames } from '../../../../bench/chaos/attacks/table.js';
import { faultNames } from '../../../../bench/chaos/faults.js';
import { parseChaos } from '../../../../bench/chaos/options.js';

const newSeed = (): number => 77;

test('without options chaos does everything for two minutes, by a new seed, on a small heap', () => {
  const everything = { attacks: attackNames, faults: faultNames };

  expect(parseChaos([], newSeed)).toMatchObject({ kind: 'chaos', seed: 77, minutes: 2, heapMiB: 128, ...everything });
  expect(parseChaos(['--seed', '5'], newSeed)).toMatchObject({ seed: 5 });
});

test('--only takes attacks and faults, and leaves out all others', () => {
  expect(parseChaos(['--only', 'kill,jsonp'], newSeed)).toMatchObject({ attacks: ['jsonp'], faults: ['kill'] });
});

test('the measure takes the attacks of one hostile connection, for 30 seconds each', () => {
  expect(parseChaos(['--measure'], newSeed)).toMatchObject({ kind: 'measure', seconds: 30, attacks: measuredNames });
  expect(measuredNames).toContain('connect-burst-post');
});

test('--list names every attack and every fault', () => {
  const listed = parseChaos(['--list'], newSeed);
  expect(listed).toMatchObject({ kind: 'help' });
  for (const name of [...attackNames, ...faultNames])
    expect(listed).toMatchObject({ text: expect.stringContaining(name) });
});

test.each([
  [['--seed', 'x'], '--seed is "x", expected a whole number'],
  [['--minutes', '0'], '--minutes is "0", expected a number from 0.1 to 600'],
  [['--only', 'jsonp,tea'], '--only is "tea", expected connect-burst-post or '],
  [['--measure', '--only', 'kill'], '--only is "kill"'],
  [['--overlap', '0'], '--overlap is "0"'],
  [['--url', 'http://example.com'], "Unknown option '--url'"],
])('%j is refused in words', (args, problem) => {
  expect(parseChaos(args, newSeed)).toMatchObject({ kind: 'problem', problem: expect.stringContaining(problem) });
});
