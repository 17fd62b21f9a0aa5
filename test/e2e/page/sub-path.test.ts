/** A hub under a path of a site with other pages, behind nginx as docs/operations.md has it: page, SDK, REST, command. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { nginxLack } from '../../../dist/bench/balance/nginx.js';
import { connect, predictOverHttp, type TickcastClient } from '../../../dist/client/index.js';
import { startTestProcess, type TestProcess } from '../../support/app.js';
import { type NginxSite, startNginxSite } from '../../support/nginx-site.js';
import { missingChromium, openPage, startChromium } from '../../support/page.js';
import { state, text } from '../../support/page-suite.js';
import { FEED, KEYS, WEB } from '../../support/tokens.js';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const lack = missingChromium() ?? nginxLack();
if (lack !== undefined && process.env.CI) throw new Error(lack);

/** A name with a slash: in an address it is `%2F`, which nginx decodes. */
const STREAM = 'acme/live';
const TEXTS = ['what a lovely day', 'so annoying', 'the meeting is at ten'];

let folder = '';
let hub: TestProcess;
let site: NginxSite;
let browser: Browser;
let feed: TickcastClient;
let publishing: Promise<void> | undefined;

beforeAll(async () => {
  if (lack !== undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'tickcast-path-'));
  const tokenFile = join(folder, 'tokens.json');
  await writeFile(tokenFile, JSON.stringify({ keys: KEYS }), { mode: 0o600 });
  hub = await startTestProcess({ models: async () => join(root, 'model'), config: { tokenFile, logLevel: 'info' } });
  site = await startNginxSite(await locations());
  browser = await startChromium();
  feed = connect(`${site.url}/tickcast/`, { token: FEED });
  await feed.ready();
  publishing = publish();
});

afterAll(async () => {
  feed?.close();
  await publishing;
  await browser?.close();
  await site?.close();
  await hub?.close();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

/** Until the client is closed. */
async function publish(): Promise<void> {
  for (let i = 0; feed.state === 'connected'; i++) {
    await feed.predict(TEXTS[i % TEXTS.length] ?? '', { stream: STREAM }).catch(() => undefined);
    await delay(50);
  }
}

/** Those of the documentation, the same once more under another path, and a proxy that leaves nothing out. */
async function locations(): Promise<string> {
  const docs = await readFile(join(root, 'docs/operations.md'), 'utf8');
  const [, shown = ''] = /^```nginx\n(location \/tickcast\/ [\s\S]*?)^```$/m.exec(docs) ?? [];
  const ours = shown.replace('127.0.0.1:3000', new URL(hub.url).host);
  expect(ours).not.toBe(shown);
  const html = await readFile(join(root, 'docs/examples/live.html'), 'utf8');
  const own = join(folder, 'own.html');
  await writeFile(own, html.replace(`'live'`, `'${STREAM}'`).replace('{ mode', '{ history: 3, mode'));
  return `${ours}
    ${ours.replace('/tickcast/', '/apps/other/')}
    ${ours.replace('/tickcast/', '/whole/').replace('/;', ';')}
    location = /own { default_type text/html; alias ${own}; }`;
}

function skipped(context: TestContext): boolean {
  if (lack !== undefined) context.skip(lack);
  return lack !== undefined;
}

interface Visit {
  readonly page: Page;
  /** Addresses asked for and answers that failed, in order. */
  readonly asked: string[];
  readonly failed: string[];
  close(): Promise<void>;
}

async function visit(address: string): Promise<Visit> {
  const { page, problems, close } = await openPage(browser, `${site.url}/nginx-is-up`);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url().replace(/^ws/, 'http')));
  const failed: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() >= 400) failed.push(`${answer.status()} ${answer.url()}`);
  });
  await page.goto(site.url + address);
  return {
    page,
    asked,
    failed,
    close: async () => {
      expect(problems).toEqual([]);
      await close();
    },
  };
}

test('the page stays below its path: files, socket, past windows, scores, and after a reload what its address holds', async (context) => {
  if (skipped(context)) return;
  const { page, asked, failed, close } = await visit(`/tickcast/?stream=acme%2Flive&range=1h#token=${WEB}`);
  await state(page, 'live');
  await text(page, '#newest', /lovely/);
  await page.fill('#try-text', 'what a wonderful day');
  await text(page, '[data-score="positive"]', /^0\.[89]\d$/);
  await page.reload();
  await state(page, 'live');

  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/tickcast/?stream=acme%2Flive&range=1h');
  const below = `${site.url}/tickcast/`;
  expect(asked.filter((url) => !url.startsWith(below))).toEqual([]);
  for (const part of ['assets/', 'socket.io/', 'streams/acme%2Flive/windows?windowMs=10000'])
    expect(asked.filter((url) => url.startsWith(below + part)).length, part).toBeGreaterThan(1);
  expect(failed).toEqual([]);
  await close();
});

test('without the slash at its end the page is found all the same, with its query', async (context) => {
  if (skipped(context)) return;
  const { page, close } = await visit(`/tickcast?stream=acme%2Flive#token=${WEB}`);
  await state(page, 'live');
  expect(new URL(page.url()).pathname).toBe('/tickcast/');
  await close();
});

test('the command that it shows has the path, and its token stays with the path', async (context) => {
  if (skipped(context)) return;
  const { page, close } = await visit(`/tickcast/?stream=none#token=${WEB}`);
  await text(page, '#empty-command', /curl /);
  expect(await page.textContent('#empty-command')).toContain(`curl ${site.url}/tickcast/predict -H`);
  await page.goto(`${site.url}/apps/other/`);
  await state(page, 'failed');
  await text(page, '#token-title', /asks for a token/);
  await page.goto(`${site.url}/tickcast/?stream=acme%2Flive`);
  await state(page, 'live');
  await close();
});

test('a page of the site streams with the SDK that the hub serves there, by an address with the path', async (context) => {
  if (skipped(context)) return;
  const html = await readFile(join(folder, 'own.html'), 'utf8');
  const hubAt = `${site.url}/tickcast`;
  const own = html
    .replaceAll('http://localhost:3000', hubAt)
    .replace(`connect('${hubAt}')`, `connect('${hubAt}', { token: '${WEB}' })`);
  await writeFile(join(folder, 'own.html'), own);
  const { page, asked, close } = await visit('/own');
  await text(page, '#state', /^live$/);
  await text(page, '#items', /neutral|positive|negative/);
  expect(asked.filter((url) => !url.startsWith(hubAt))).toEqual([`${site.url}/own`]);
  await close();
});

test.each(['websocket', 'polling'] as const)('the SDK predicts by the address alone, over %s', async (transport) => {
  if (lack !== undefined) return;
  const client = connect(`${site.url}/apps/other`, { token: WEB, transports: [transport] });
  const answer = await client.predict('what a lovely day');
  client.close();
  expect(answer).toMatchObject({ label: 'positive' });
});

test('predictOverHttp and the command ask below the path', async (context) => {
  if (skipped(context)) return;
  const url = `${site.url}/tickcast/`;
  expect(await predictOverHttp(url, 'so annoying', { token: WEB })).toMatchObject({ label: 'negative' });
  const cli = [join(root, 'dist/cli/main.js'), 'predict', '--url', url, 'what a lovely day'];
  const { stdout } = await run(process.execPath, cli, { env: { ...process.env, TICKCAST_TOKEN: WEB } });
  expect(JSON.parse(stdout)).toMatchObject({ label: 'positive' });
});

test('a proxy that does not leave the path out gets 404 with what to change', async (context) => {
  if (skipped(context)) return;
  for (const path of ['/whole/', '/whole/tickcast.js', '/whole/models']) {
    const answer = await fetch(site.url + path, { headers: { accept: 'text/html' } });
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: { message: expect.stringContaining('under /whole/ must forward without /whole') } },
    ]);
  }
});
