import { expect, test } from 'vitest';
import { helpText } from '../../../command-line/help.js';
import {
  bare,
  decimal,
  flag,
  integer,
  integers,
  oneOf,
  optional,
  quickly,
  someOf,
  text,
} from '../../../command-line/option.js';
import { type Program, readCommandLine, understand } from '../../../command-line/program.js';

const OPTIONS = {
  file: optional(text('FILE', '', 'What is read.'), 'standard input'),
  rateMs: integer(1, 100, 10, 'Milliseconds between two.'),
  minutes: quickly(decimal(0.5, 60, 10, 'How long.'), 1),
  engine: oneOf(['native', 'wasm'], 'native', 'What computes.'),
  only: someOf(['alpha', 'beta', 'gamma'], 'NAME,...', 'Which of them.'),
  sockets: integers(1, 9, [1, 2], 'Connections.'),
  receipts: flag(true, 'Whether there are receipts.'),
  quick: bare('The short form.'),
};

const PROGRAM: Program<typeof OPTIONS> = {
  name: 'tool',
  intro: 'tool: does it',
  options: OPTIONS,
  variableOf: (name) => (name === 'rateMs' ? 'TOOL_RATE_MS' : undefined),
};

const read = (args: readonly string[], env = {}) => readCommandLine(PROGRAM, args, env);
const valuesOf = (args: readonly string[], env = {}) => {
  const outcome = read(args, env);
  return outcome.kind === 'values' ? outcome.values : outcome;
};

test('without arguments every option is at its default', () => {
  expect(valuesOf([])).toEqual({
    file: undefined,
    rateMs: 10,
    minutes: 10,
    engine: 'native',
    only: ['alpha', 'beta', 'gamma'],
    sockets: [1, 2],
    receipts: true,
    quick: false,
  });
});

test('a value follows its flag or an equals sign, and the last one counts', () => {
  expect(valuesOf(['--file', '-', '--rate-ms=5', '--minutes', '0.5', '--sockets', '3, 4'])).toMatchObject({
    file: '-',
    rateMs: 5,
    minutes: 0.5,
    sockets: [3, 4],
  });
  expect(valuesOf(['--file=a=b', '--rate-ms', '7', '--rate-ms', '8'])).toMatchObject({ file: 'a=b', rateMs: 8 });
  expect(valuesOf(['--file=--odd'])).toMatchObject({ file: '--odd' });
});

test('a flag alone says true, and takes true or false', () => {
  expect(valuesOf(['--quick'])).toMatchObject({ quick: true });
  expect(valuesOf(['--receipts', 'false', '--quick=false'])).toMatchObject({ receipts: false, quick: false });
  expect(valuesOf(['--quick', '--receipts'])).toMatchObject({ quick: true, receipts: true });
});

test('--quick brings defaults of its own, which a flag overrides', () => {
  expect(valuesOf(['--quick'])).toMatchObject({ minutes: 1, rateMs: 10 });
  expect(valuesOf(['--quick', '--minutes', '3'])).toMatchObject({ minutes: 3 });
});

test('a flag wins over the environment, which wins over the default; an empty variable is none', () => {
  expect(valuesOf([], { TOOL_RATE_MS: '20' })).toMatchObject({ rateMs: 20 });
  expect(valuesOf(['--rate-ms', '30'], { TOOL_RATE_MS: 'x' })).toMatchObject({ rateMs: 30 });
  expect(valuesOf([], { TOOL_RATE_MS: '', TOOL_ENGINE: 'x' })).toMatchObject({ rateMs: 10, engine: 'native' });
});

test.each([
  [['--enigne', 'wasm'], 'unknown option --enigne (did you mean --engine?)'],
  [['--speed', '5'], 'unknown option --speed'],
  [['--speed=5', '-abc'], 'unknown option --speed; unknown option -abc'],
  [['--rate-ms'], '--rate-ms needs a value (1 to 100)'],
  [['--rate-ms', '--engine', 'wasm'], '--rate-ms needs a value (1 to 100)'],
  [['--rate-ms', '101'], '--rate-ms is "101", expected 1 to 100'],
  [['--rate-ms', '-1'], '--rate-ms is "-1", expected 1 to 100'],
  [['--rate-ms', '1.5'], '--rate-ms is "1.5", expected 1 to 100'],
  [['--rate-ms', '1e1'], '--rate-ms is "1e1", expected 1 to 100'],
  [['--rate-ms='], '--rate-ms is "", expected 1 to 100'],
  [['--minutes', '0.4'], '--minutes is "0.4", expected 0.5 to 60'],
  [['--engine', 'cuda'], '--engine is "cuda", expected native | wasm'],
  [['--only', 'alpha,gama'], '--only has "gama" (did you mean gamma?), expected NAME,...'],
  [['--sockets', '1,x'], '--sockets is "1,x", expected 1 to 9,...'],
  [['--quick=yes'], '--quick is "yes", expected true | false'],
  [['--quick', 'yes'], 'unexpected argument "yes"'],
  [['--', '--quick'], 'unexpected argument "--quick"'],
  [
    ['--engine', 'gpu', '--rate-ms', 'x'],
    '--engine is "gpu", expected native | wasm; --rate-ms is "x", expected 1 to 100',
  ],
])('%j is refused in one line that says what was expected', (args, problem) => {
  expect(read(args)).toEqual({ kind: 'problem', problem: `${problem}; see --help` });
});

test('a variable that is wrong is named', () => {
  expect(read([], { TOOL_RATE_MS: 'x' })).toMatchObject({
    problem: 'TOOL_RATE_MS is "x", expected 1 to 100; see --help',
  });
});

test('operands are taken as many as a program has, and one more is refused with what to do', () => {
  const program = {
    ...PROGRAM,
    operands: { form: 'FOLDER', doc: 'Where.', most: 1 },
    strayHint: (argument: string) => `: not ${argument} too`,
  };

  expect(readCommandLine(program, ['a', '--quick'])).toMatchObject({ kind: 'values', operands: ['a'] });
  expect(readCommandLine(program, ['a', 'b'])).toMatchObject({
    problem: 'unexpected argument "b": not b too; see --help',
  });
});

test('what is wrong with options together is told beside what is wrong with one', () => {
  const program: Program<typeof OPTIONS> = {
    ...PROGRAM,
    check: ({ file, quick }) => [quick && file === undefined && '--quick needs a --file', undefined],
  };

  expect(readCommandLine(program, ['--quick', '--file', 'x']).kind).toBe('values');
  expect(readCommandLine(program, ['--quick', '--engine', 'gpu'])).toMatchObject({
    problem: '--engine is "gpu", expected native | wasm; --quick needs a --file; see --help',
  });
});

test('--help and -h come before every fault; --version is an option where there is one', () => {
  expect(read(['--speed', '5', '--help'])).toEqual({ kind: 'help' });
  expect(read(['-h'])).toEqual({ kind: 'help' });
  expect(read(['--version']).kind).toBe('problem');
  expect(readCommandLine({ ...PROGRAM, version: '1' }, ['--version'])).toEqual({ kind: 'version' });
});

test('the help is the table, aligned', () => {
  expect(helpText({ ...PROGRAM, outro: 'That is all.' })).toBe(`tool: does it

  --file FILE            What is read. [standard input]
  --rate-ms 1..100       Milliseconds between two. [10]
  --minutes 0.5..60      How long. [10, 1 with --quick]
  --engine native|wasm   What computes. [native]
  --only NAME,...        Which of them. [all]
  --sockets 1..9,...     Connections. [1,2]
  --receipts true|false  Whether there are receipts. [true]
  --quick                The short form.
  --help                 Prints this.

That is all.
`);
});

test('a program may go on with what is valid, and knows what is not', () => {
  const args = ['--rate-ms', 'fast', '--engine', 'wasm', '--only', '--speed', '5', 'stray'];
  const { values, problems, invalid } = understand(PROGRAM, args, {});

  expect(values).toMatchObject({ rateMs: 10, engine: 'wasm', only: ['alpha', 'beta', 'gamma'] });
  expect(problems).toHaveLength(3);
  expect([...invalid].sort()).toEqual(['only', 'rateMs']);
});
