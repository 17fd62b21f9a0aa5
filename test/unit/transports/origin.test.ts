import { expect, test } from 'vitest';
import { originOf, problemOfOrigin } from '../../../server/transports/origin.js';

test.each([
  ['https://App.Example:443/', 'https://app.example'],
  ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
  ['http://[::1]:3000', 'http://[::1]:3000'],
  ['Capacitor://LocalHost/', 'capacitor://localhost'],
  ['file://', 'file://'],
  ['null', 'null'],
  ['', undefined],
  ['https://', undefined],
  ['https://a.example/b', undefined],
  ['https://a@b.example', undefined],
  ['javascript:alert(1)', undefined],
  ['app://a b', undefined],
])('%j is the origin %j', (text, origin) => {
  expect(originOf(text)).toBe(origin);
});

test.each([
  ['*', undefined],
  ['null', undefined],
  ['https://*.example.com', undefined],
  ['tauri://localhost', undefined],
  ['app.example', '"app.example" has no scheme; give https://app.example'],
  ['app.example:8443', '"app.example:8443" has no scheme; give https://app.example:8443'],
  ['*.example.com', '"*.example.com" has no scheme; give https://*.example.com'],
  [
    'https://app.example/page',
    '"https://app.example/page" has more than scheme, host and port; give https://app.example',
  ],
  ['https://*', '"https://*" has a * where none may be; sub-domains are https://*.example.com'],
  ['https://a.*.example', '"https://a.*.example" has a * where none may be; sub-domains are https://*.example.com'],
  ['https://', '"https://" is no origin'],
  ['', '"" has no scheme'],
])('what is wrong with the entry %j: %j', (entry, problem) => {
  expect(problemOfOrigin(entry)).toBe(problem);
});
