import { expect, test } from 'vitest';
import { FEED, feedOptions } from '../../../cli/feed/options.js';
import { helpText } from '../../../command-line/help.js';
import { type Environment, readCommandLine } from '../../../command-line/program.js';

const read = (args: readonly string[], env?: Environment) => readCommandLine(FEED, args, env);
const parsed = (...args: string[]) => {
  const outcome = read(args);
  return outcome.kind === 'values' ? feedOptions(outcome.values) : outcome;
};

test('a file is fed at 50 lines a second to a stream of its name', () => {
  expect(parsed('--file', 'some/texts.txt')).toEqual({
    file: 'some/texts.txt',
    url: 'http://127.0.0.1:3000',
    stream: 'texts',
    model: undefined,
    rate: 50,
    loop: false,
    limit: undefined,
    json: undefined,
    token: undefined,
  });
});

test('standard input is fed as it comes to the stream stdin', () => {
  expect(parsed('--file', '-')).toMatchObject({ file: '-', stream: 'stdin', rate: 0 });
});

test.each([
  ['My posts (1).csv', 'My-posts-1'],
  ['.env', 'env'],
  ['archive.tar.gz', 'archive.tar'],
  ['日本.txt', 'feed'],
])('the file %j goes to the stream %j', (file, stream) => {
  expect(parsed('--file', file)).toMatchObject({ stream });
});

test('every option is taken', () => {
  const args = '--file - --url https://hub.example:81/ --stream a/b --model m@2 --rate 0.5 --limit 3 --json a.b'.split(
    ' ',
  );

  expect(parsed(...args)).toEqual({
    file: '-',
    url: 'https://hub.example:81',
    stream: 'a/b',
    model: 'm@2',
    rate: 0.5,
    loop: false,
    limit: 3,
    json: 'a.b',
    token: undefined,
  });
  expect(parsed('--file', 'x', '--url', 'localhost:8080', '--loop', '--rate=0')).toMatchObject({
    url: 'http://localhost:8080',
    loop: true,
    rate: 0,
  });
});

test.each([
  [[], '--file is missing: give a path, or - for standard input; see --help'],
  [['texts.txt'], 'unexpected argument "texts.txt"; a file is given as --file texts.txt'],
  [['--file', '-', '--loop'], '--loop needs a file'],
  [['--file', 'x', '--rate', 'fast'], '--rate is "fast", expected lines a second, 0.01 to 100000, or 0 for no pace'],
  [['--file', 'x', '--rate', '100001'], '--rate is "100001"'],
  [['--file', 'x', '--rate', '-1'], '--rate'],
  [['--file', 'x', '--limit', '0'], '--limit is "0", expected 1 to 1000000000; see --help'],
  [['--file', 'x', '--limit', '1.5'], '--limit is "1.5"'],
  [['--file', 'x', '--stream', 'a b'], '--stream is "a b", expected 1 to 64 letters'],
  [['--file', 'x', '--stream', ''], '--stream is ""'],
  [['--file', 'x', '--model', 'A B'], '--model is "A B"'],
  [['--file', 'x', '--json', ''], '--json is "", expected FIELD'],
  [['--file', 'x', '--url', 'http://h/?stream=x'], '--url is "http://h/?stream=x"'],
  [['--file', 'x', '--url', 'ftp://h'], '--url is "ftp://h"'],
  [['--file', 'x', '--stream', '!', '--rate', 'x'], '--stream is "!"'],
  [['--fil', 'x'], 'unknown option --fil (did you mean --file?)'],
])('%j is refused in one readable line', (args, problem) => {
  const outcome = read(args);

  expect(outcome).toMatchObject({ kind: 'problem', problem: expect.stringContaining(problem) });
  expect(JSON.stringify(outcome)).not.toContain('\\n');
});

test('--help names every option', () => {
  const text = helpText(FEED);

  for (const name of ['file', 'url', 'stream', 'model', 'rate', 'loop', 'limit', 'json']) {
    expect(text).toContain(`--${name}`);
  }
});

test('the token is taken from the variable or the option, and is quoted by no problem', () => {
  const args = ['--file', 'x'];

  expect(read(args, { TICKCAST_TOKEN: 'from-env' })).toMatchObject({ values: { token: 'from-env' } });
  expect(read([...args, '--token', 'given'], { TICKCAST_TOKEN: 'from-env' })).toMatchObject({
    values: { token: 'given' },
  });
  expect(read(args, { TICKCAST_TOKEN: '' })).toMatchObject({ values: { token: undefined } });
  const wrong = read([...args, '--token', 'my secret']);
  expect(wrong).toMatchObject({ kind: 'problem', problem: expect.stringContaining('TICKCAST_TOKEN, is no token') });
  expect(JSON.stringify(wrong)).not.toContain('secret');
});
