import { expect, test } from 'vitest';
import { readVerb, VERBS, verbsHelp } from '../../../cli/verbs.js';

test.each([
  [[], 'serve', []],
  [['--port', '3000'], 'serve', ['--port', '3000']],
  [['-x'], 'serve', ['-x']],
  [['serve', '--port', '1'], 'serve', ['--port', '1']],
  [['predict', 'serve'], 'predict', ['serve']],
  [['feed', '--help'], 'feed', ['--help']],
  [['help', 'log'], 'log', ['--help']],
])('%j is the verb %s with %j', (given, verb, args) => {
  expect(readVerb(given)).toEqual({ kind: 'verb', verb, args });
});

test('help and version are those of the command when they come first', () => {
  expect([['--help'], ['-h'], ['help'], ['--version']].map((args) => readVerb(args).kind)).toEqual([
    'help',
    'help',
    'help',
    'version',
  ]);
  expect(readVerb(['--port', '1', '--help']).kind).toBe('verb');
});

test.each([
  ['sevre', 'unknown verb "sevre" (did you mean serve?); the verbs are serve, '],
  ['Predict', 'unknown verb "Predict" (did you mean predict?)'],
  ['toString', 'unknown verb "toString"; the verbs are'],
  ['', 'unknown verb ""; the verbs are'],
  ['./my-model', 'unknown verb "./my-model" (a model is given as tickcast serve --model ./my-model)'],
])('%j is no verb, told with what was probably meant', (word, problem) => {
  expect(readVerb([word])).toEqual({ kind: 'problem', problem: expect.stringContaining(problem) });
});

test('a verb after help is told likewise', () => {
  expect(readVerb(['help', 'chekc'])).toMatchObject({ problem: expect.stringContaining('did you mean check?') });
});

test('the help names every verb', () => {
  for (const [verb, doc] of Object.entries(VERBS)) expect(verbsHelp()).toMatch(new RegExp(`  ${verb} +${doc}`));
});
