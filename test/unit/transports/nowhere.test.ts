import { expect, test } from 'vitest';
import { noSuchPath, pathOf } from '../../../server/transports/http/nowhere.js';

const OURS = ['', 'predict', 'models', 'socket.io', 'tickcast.js'];
const isOurs = (path: string): boolean => OURS.includes(path.split('/', 2)[1] ?? '');
const told = (url: string, method = 'GET'): string => noSuchPath({ method, url }, isOurs).message;

test.each([
  ['/tickcast/', '/tickcast'],
  ['/tickcast/predict', '/tickcast'],
  ['/apps/live/tickcast.js', '/apps/live'],
  ['/tickcast/models/sentiment?x=/predict', '/tickcast'],
  ['/tickcast/socket.io/?EIO=4&sid=secret', '/tickcast'],
])('a path of the hub behind a prefix: %s', (url, prefix) => {
  expect(told(url)).toBe(
    `there is no GET ${pathOf({ url })}; a proxy that has the hub under ${prefix}/ must forward without ${prefix}`,
  );
});

test.each([
  ['/tickcast', 'there is no GET /tickcast; see GET / for what there is'],
  ['/x/y?/predict', 'there is no GET /x/y; see GET / for what there is'],
  ['/models/a/predict', 'there is no GET /models/a/predict; see GET / for what there is'],
  ['/ws/x?EIO=4', 'there is no GET /ws/x; Socket.IO is at /socket.io/'],
  ['', 'there is no GET ; see GET / for what there is'],
])('a path with no prefix to name: %s', (url, message) => {
  expect(told(url)).toBe(message);
});

test('a long path is quoted in part', () => {
  expect(told(`/${'x/'.repeat(10_000)}predict`).length).toBeLessThan(300);
});
