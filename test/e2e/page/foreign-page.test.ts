import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { type Besieged, besiege } from '../../support/hostile.js';
import { chromiumPath, missingChromium } from '../../support/page.js';
import { WEB } from '../../support/tokens.js';

const missing = missingChromium();
const SECRET = '424242';

/** What a foreign page may try; runs in the browser. Returns what it could read. */
async function attack(hub: string): Promise<string[]> {
  const read: string[] = [];
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const attempt = async (name: string, run: () => Promise<unknown>): Promise<void> => {
    try {
      const got = await Promise.race([run(), wait(1500)]);
      if (got !== undefined && got !== null && got !== '') read.push(`${name}: ${String(got).slice(0, 200)}`);
    } catch {
      // Refused, as expected.
    }
  };
  const polling = `${hub}/socket.io/?EIO=4&transport=polling`;
  const body = JSON.stringify({ input: [424242], stream: 'stolen' });
  const put = (element: HTMLElement): Promise<string> =>
    new Promise((resolve) => {
      element.onload = () => resolve(element.tagName === 'IMG' ? 'an image' : '');
      element.onerror = () => resolve('');
      document.body.append(element);
    });
  const element = (tag: string, properties: Record<string, string>): HTMLElement =>
    Object.assign(document.createElement(tag), properties);
  const form = (action: string, fields: Record<string, string>, enctype: string): void => {
    const frame = element('iframe', { name: `f${Math.random()}` });
    const it = element('form', {
      action,
      method: 'POST',
      enctype,
      target: (frame as HTMLIFrameElement).name,
    }) as HTMLFormElement;
    for (const [name, value] of Object.entries(fields)) it.append(element('input', { type: 'hidden', name, value }));
    document.body.append(frame, it);
    it.submit();
  };

  for (const path of ['/models', '/streams', '/', '/metrics'])
    await attempt(`fetch ${path}`, async () => (await fetch(hub + path)).text());
  await attempt('fetch polling', async () => (await fetch(polling)).text());
  await attempt('fetch polling, without credentials', async () =>
    (await fetch(polling, { credentials: 'omit', referrerPolicy: 'no-referrer' })).text(),
  );
  await attempt('post json', async () =>
    (await fetch(`${hub}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text(),
  );
  await attempt('no-cors get', async () => (await fetch(polling, { mode: 'no-cors' })).text());
  await attempt('no-cors post', async () =>
    (await fetch(`${hub}/predict`, { method: 'POST', mode: 'no-cors', body })).text(),
  );
  await attempt('beacon', async () => {
    navigator.sendBeacon(`${hub}/predict`, new Blob([body], { type: 'text/plain' }));
    return '';
  });
  // Polling by script tags: the content of one names the connection for the next.
  const scripts: string[] = [];
  Object.assign(window, { ___eio: [(text: string) => scripts.push(text)] });
  await attempt('script', () => put(element('script', { src: `${polling}&j=0` })));
  const sid = /"sid":"([^"]+)"/.exec(scripts[0] ?? '')?.[1];
  if (sid !== undefined) {
    form(`${polling}&j=0&sid=${sid}`, { d: '40' }, 'application/x-www-form-urlencoded');
    await wait(500);
    form(`${polling}&j=0&sid=${sid}`, { d: `42["subscribe",{"stream":"talk"}]` }, 'application/x-www-form-urlencoded');
    await attempt('second script', () => put(element('script', { src: `${polling}&j=0&sid=${sid}` })));
  }
  read.push(...scripts.map((text) => `script: ${text}`));
  for (const path of ['/models', '/streams', '/socket.io/?EIO=4&transport=polling'])
    await attempt(`script ${path}`, () => put(element('script', { src: hub + path })));
  form(`${hub}/predict`, { '{"input":[424242],"x":"': '"}' }, 'text/plain');
  form(`${hub}/predict`, { input: '424242' }, 'application/x-www-form-urlencoded');
  form(`${hub}/predict`, { input: '424242' }, 'multipart/form-data');
  await attempt('image', () => put(element('img', { src: `${hub}/models` })));
  await attempt('iframe', async () => {
    const frame = element('iframe', { src: `${hub}/models` }) as HTMLIFrameElement;
    await put(frame);
    return frame.contentDocument?.body.textContent;
  });
  await attempt(
    'websocket',
    () =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${hub.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
        const got: string[] = [];
        socket.onopen = () => socket.send('40');
        socket.onmessage = ({ data }: MessageEvent<string>) => {
          got.push(data);
          if (data.startsWith('40')) socket.send('42["predict",{"input":[424242]}]');
        };
        socket.onclose = () => resolve(got.join(' '));
        setTimeout(() => resolve(got.join(' ')), 1000);
      }),
  );
  await attempt(
    'event source',
    () =>
      new Promise((resolve) => {
        const source = new EventSource(polling);
        source.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
        source.onerror = () => {
          source.close();
          resolve('');
        };
      }),
  );
  await wait(500);
  return read;
}

let browser: Browser | undefined;
let elsewhere: Server;
let port: number;

beforeAll(async () => {
  if (missing !== undefined) return;
  browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP rebound.test 127.0.0.1, MAP foreign.test 127.0.0.1',
    ],
  });
  elsewhere = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title><body>'),
  );
  await new Promise<void>((resolve) => elsewhere.listen(0, '0.0.0.0', resolve));
  port = (elsewhere.address() as AddressInfo).port;
});

afterAll(async () => {
  await browser?.close();
  elsewhere?.close();
});

async function openAt(context: TestContext, url: string, body: (page: Page) => Promise<void>): Promise<void> {
  if (browser === undefined) return context.skip(missing ?? '');
  const page = await browser.newPage();
  await page.goto(url);
  await body(page);
  await page.close();
}

describe.each([
  { what: 'an open hub on loopback', asksForTokens: false },
  { what: 'a hub that asks for tokens', asksForTokens: true },
])('$what', ({ asksForTokens }) => {
  let siege: Besieged;
  let authorization: Record<string, string>;

  beforeAll(async () => {
    if (missing !== undefined) return;
    siege = await besiege(asksForTokens);
    authorization = asksForTokens ? { authorization: `Bearer ${WEB}` } : {};
  });

  afterAll(() => siege?.close());

  async function streams(): Promise<string> {
    return (await fetch(`${siege.hub.url}/streams`, { headers: authorization })).text();
  }

  // Same-site means the same host, on another port.
  for (const [what, origin, name] of [
    ['another site', 'http://foreign.test', '127.0.0.1'],
    ['another address', 'http://127.0.0.1', 'localhost'],
    ['the same host, on another port', 'http://localhost', 'localhost'],
    ['the same address, on another port', 'http://127.0.0.1', '127.0.0.1'],
  ] as const)
    test(`a page of ${what} neither predicts nor reads`, (context) =>
      openAt(context, `${origin}:${port}/`, async (page) => {
        const hub = siege.hub.url.replace('127.0.0.1', name);
        const before = await siege.metric('tickcast_connections_opened_total');

        expect(await page.evaluate(attack, hub)).toEqual([]);
        expect(await siege.metric('tickcast_connections_opened_total')).toBe(before);
        expect(await streams()).not.toContain('stolen');
      }));
});

test('by a name that was made to lead to it, an open hub shows nothing; by its own it shows its page, also behind a link', async (context) => {
  if (browser === undefined) return context.skip(missing ?? '');
  const siege = await besiege(false);
  const page = await browser.newPage();
  const status = async (url: string): Promise<number | undefined> => (await page.goto(url))?.status();

  expect(await status(siege.hub.url.replace('127.0.0.1', 'rebound.test'))).toBe(403);
  expect(await page.content()).not.toContain('tickcast.js');
  for (const name of ['127.0.0.1', 'localhost']) {
    const url = siege.hub.url.replace('127.0.0.1', name);
    await page.goto(`http://foreign.test:${port}/`);
    await page.evaluate((href) => {
      const link = Object.assign(document.createElement('a'), { href });
      document.body.append(link);
      link.click();
    }, `${url}/`);
    await page.waitForURL(`${url}/**`);
    await page.locator('text=Tickcast').first().waitFor();
    // Its page works: it reads streams over the hub's own WebSocket.
    const opened = await siege.metric('tickcast_connections_opened_total');
    expect(opened).toBeGreaterThan(1);
    expect(await page.evaluate(async () => (await fetch('/models')).status)).toBe(200);
    expect(
      await page.evaluate(async (input) => {
        const headers = { 'content-type': 'application/json' };
        return (await fetch('/predict', { method: 'POST', headers, body: `{"input":[${input}]}` })).status;
      }, SECRET),
    ).toBe(200);
  }
  await page.close();
  await siege.close();
});
