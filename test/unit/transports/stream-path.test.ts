import { expect, test } from 'vitest';
import { withNameWhole } from '../../../server/transports/http/stream-path.js';

test.each([
  ['GET', '/streams/acme/live/windows?windowMs=1000', '/streams/acme%2Flive/windows?windowMs=1000'],
  ['GET', '/streams/a/b/c/windows?x=/y?z', '/streams/a%2Fb%2Fc/windows?x=/y?z'],
  ['GET', '/streams/a/windows/windows', '/streams/a%2Fwindows/windows'],
  ['DELETE', '/streams/acme/windows', '/streams/acme%2Fwindows'],
  ['DELETE', '/streams/acme/live', '/streams/acme%2Flive'],
])('%s %s has a name of several segments', (method, url, whole) => {
  expect(withNameWhole({ method, url })).toBe(whole);
});

test.each([
  '/streams/live/windows?windowMs=1000',
  '/streams/acme%2Flive/windows',
  '/streams',
  '/streams/',
  '/models/a/b',
  '/',
])('GET %s is as it is', (url) => {
  expect(withNameWhole({ method: 'GET', url })).toBe(url);
});
