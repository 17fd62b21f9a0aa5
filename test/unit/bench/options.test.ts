import { expect, test } from 'vitest';
import { parseOptions } from '../../../bench/hub/options.js';

test('without options the bench measures everything, three rounds of 8 seconds on the native engine', () => {
  expect(parseOptions([])).toMatchObject({
    kind: 'options',
    options: { sockets: [1, 32, 256], seconds: 8, rounds: 3, engine: 'native', pipeline: 1, loaders: 1, check: false },
  });
});

test('--quick is a default that --seconds and --rounds override', () => {
  expect(parseOptions(['--quick'])).toMatchObject({ options: { seconds: 2, rounds: 1, warmUpSeconds: 4 } });
  expect(parseOptions(['--quick', '--seconds', '5', '--only', 'echo,hub'])).toMatchObject({
    options: { seconds: 5, rounds: 1, only: ['echo', 'hub'] },
  });
});

test.each([
  [['--sockets', '1,x'], '--sockets is "x", expected a whole number from 1 to 10000'],
  [['--seconds', '0'], '--seconds is "0", expected a whole number from 1 to 600'],
  [['--engine', 'cuda'], '--engine is "cuda", expected native or wasm'],
  [['--only', 'hub,tea'], '--only is "tea", expected echo or naive or hub or engine or connect'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused in words', (args, problem) => {
  expect(parseOptions(args)).toMatchObject({ kind: 'problem', problem: expect.stringContaining(problem) });
});
