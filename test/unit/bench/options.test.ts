import { expect, test } from 'vitest';
import { OPTIONS } from '../../../bench/hub/options.js';
import { readCommandLine } from '../../../command-line/program.js';

const read = (...args: string[]) => readCommandLine({ name: 'bench', intro: '', options: OPTIONS }, args);

test('without options the bench measures everything, three rounds of 8 seconds on the native engine', () => {
  expect(read()).toMatchObject({
    values: { sockets: [1, 32, 256], seconds: 8, rounds: 3, engine: 'native', pipeline: 1, loaders: 1 },
  });
});

test('--quick is a default that --seconds and --rounds override', () => {
  expect(read('--quick')).toMatchObject({ values: { seconds: 2, rounds: 1, warmUp: 4 } });
  expect(read('--quick', '--seconds', '5', '--only', 'echo,hub')).toMatchObject({
    values: { seconds: 5, rounds: 1, only: ['echo', 'hub'] },
  });
});

test('a part that is none is named', () => {
  expect(read('--only', 'hub,tea')).toMatchObject({
    problem: expect.stringContaining('--only has "tea", expected echo,'),
  });
});
