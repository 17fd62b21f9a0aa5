import { expect, test } from 'vitest';
import { invitation, isLoopback } from '../../../server/app/access-control.js';
import { readConfig } from '../../../server/config/config.js';

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test.each([
  ['http://0.0.0.0:3000', 'http://localhost:3000/#token=secret'],
  ['http://[::]:3000', 'http://localhost:3000/#token=secret'],
  ['http://192.0.2.7:80', 'http://192.0.2.7/#token=secret'],
])('a hub at %s invites to %s', (url, expected) => {
  expect(invitation(url, 'secret')).toContain(`\n      ${expected}\n`);
});

test.each([
  [['--open'], {}, true],
  [['--open', '--port', '1'], {}, true],
  [['--open=true'], {}, true],
  [['--open', 'false'], {}, false],
  [[], { TICKCAST_OPEN: 'true' }, true],
  [['--open=false'], { TICKCAST_OPEN: 'true' }, false],
  [[], {}, false],
])('the flags %j with the environment %j: open is %s', (args, env, open) => {
  expect(readConfig(args, env)).toMatchObject({ kind: 'config', config: { open } });
});

test('open and a token file contradict each other; a token for scripts is no option of the hub', () => {
  expect(readConfig(['--open', '--token-file', 'tokens.json'], {})).toMatchObject({
    kind: 'problem',
    message: expect.stringMatching(/--open lets everybody in and --token-file/),
  });
  expect(readConfig(['--open=yes'], {})).toMatchObject({ kind: 'problem' });
  expect(readConfig([], { TICKCAST_TOKEN: 'x'.repeat(32) })).toMatchObject({ kind: 'config' });
});
