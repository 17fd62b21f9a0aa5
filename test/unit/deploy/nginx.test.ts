import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deployedNginx } from '../../../bench/balance/deployed-nginx.js';
import { OPTIONS } from '../../../server/config/options.js';
import { MAX_TIMEOUT_MS } from '../../../shared/limits.js';

const folder = join(import.meta.dirname, '../../../deploy/nginx');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const conf = read('nginx.conf');
/** Each value of a directive, in order. */
const valuesOf = (directive: string): string[] =>
  [...conf.matchAll(new RegExp(`^\\s*${directive} ([^;]+);`, 'gm'))].map(([, value = '']) => value);

test('bodies are as large as a hub takes by default', () => {
  const [, mib] = /^(\d+)m$/.exec(valuesOf('client_max_body_size')[0] ?? '') ?? [];

  expect(Number(mib) * 2 ** 20).toBe(OPTIONS.maxFrameBytes.default);
});

test('nothing is cut off that a hub may still answer', () => {
  for (const directive of ['proxy_read_timeout', 'proxy_send_timeout', 'worker_shutdown_timeout'])
    expect([directive, Number.parseInt(valuesOf(directive)[0] ?? '', 10) * 1000]).toEqual([directive, 75_000]);
  expect(75_000).toBeGreaterThan(MAX_TIMEOUT_MS);
});

test('a request is passed on where that does no harm: not by 503 of REST, which is the hub’s own refusal', () => {
  expect(valuesOf('proxy_next_upstream')).toEqual([
    'error timeout non_idempotent',
    'error timeout http_404',
    'error timeout http_503 http_404 non_idempotent',
  ]);
});

/** Name, balance and servers of each upstream. */
function upstreamsOf(text: string) {
  return [...text.matchAll(/^upstream (\w+) \{\n([^}]*)/gm)].map(([, name, body = '']) => ({
    name,
    servers: body.match(/(?<=^ +server ).*(?=;)/gm),
  }));
}

test('every upstream has the same hubs; where another hub can serve, one that fails is left alone', () => {
  const watched = ['hub-1:3000 max_fails=3 fail_timeout=2s', 'hub-2:3000 max_fails=3 fail_timeout=2s'];

  expect(upstreamsOf(read('hubs.conf'))).toEqual([
    { name: 'hubs', servers: watched },
    { name: 'newcomers', servers: watched },
    { name: 'connections', servers: ['hub-1:3000 max_fails=0', 'hub-2:3000 max_fails=0'] },
  ]);
});

test('what a run changes is its port, its hubs and its folder', () => {
  const deployed = { 'nginx.conf': conf, 'hubs.conf': read('hubs.conf') };
  const run = deployedNginx(deployed, { folder: '/run/here', port: 1234, hubs: [1, 2, 3] });

  const watched = [1, 2, 3].map((port) => `127.0.0.1:${port} max_fails=3 fail_timeout=2s`);
  expect(upstreamsOf(run['hubs.conf'])).toEqual([
    { name: 'hubs', servers: watched },
    { name: 'newcomers', servers: watched },
    { name: 'connections', servers: [1, 2, 3].map((port) => `127.0.0.1:${port} max_fails=0`) },
  ]);
  const bare = (text: string): string => text.replaceAll(/^ *server .*\n/gm, '');
  expect(bare(run['hubs.conf'])).toBe(bare(read('hubs.conf')));
  const lines = run['nginx.conf'].split('\n');
  const changed = conf.split('\n').flatMap((line, i) => (line === lines[i] ? [] : [[line.trim(), lines[i]?.trim()]]));
  expect(changed).toEqual([
    ['pid /tmp/nginx.pid;', 'pid /run/here/nginx.pid;'],
    ...['client_body_temp_path', 'proxy_temp_path', 'fastcgi_temp_path', 'uwsgi_temp_path', 'scgi_temp_path'].map(
      (name) => [expect.stringMatching(`^${name} /tmp/nginx-`), expect.stringMatching(`^${name} /run/here/nginx-`)],
    ),
    ['listen 8080;', 'listen 127.0.0.1:1234;'],
  ]);
});

test('a configuration without the places that a run changes is not run', () => {
  const place = { folder: '/run/here', port: 1, hubs: [1] };

  expect(() => deployedNginx({ 'nginx.conf': 'listen 80;', 'hubs.conf': read('hubs.conf') }, place)).toThrow(/listen/);
  expect(() => deployedNginx({ 'nginx.conf': conf, 'hubs.conf': '' }, place)).toThrow(/server/);
});
