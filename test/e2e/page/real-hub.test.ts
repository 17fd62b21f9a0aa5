import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { freePort } from '../../../bench/harness/free-port.js';
import { connect, isTickcastError, type TickcastClient } from '../../../client/index.js';
import { startTestProcess, type TestProcess } from '../../support/app.js';
import { missingChromium, openPage, startChromium } from '../../support/page.js';
import { holds, state, text } from '../../support/page-suite.js';

const missing = missingChromium();
const root = resolve(import.meta.dirname, '../../..');
const TEXTS = [
  'what a lovely day',
  'the train is late again, so annoying',
  'the meeting is at ten',
  'I love this <b>song</b>',
];
/** What the page has asked for so far, itself included. */
const ASKED = `(() => {
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return { files: entries.map(({ name }) => name), bytes: entries.reduce((sum, entry) => sum + entry.encodedBodySize, 0) };
})()`;
/** What it is now, and a little more. */
const MOST_FILES = 12;
const MOST_BYTES = 400_000;
const FAST = { reconnectMinMs: 50, reconnectMaxMs: 500 } as const;

let browser: Browser | undefined;
beforeAll(async () => {
  if (missing === undefined) browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
});

interface Setting {
  readonly port: number;
  readonly hub: TestProcess;
  readonly restart: (signal: NodeJS.Signals) => Promise<void>;
}

/** The hub with the project's own model, and a publisher of fifty texts per second to the stream `talk`. */
async function withHub(
  context: TestContext,
  body: (setting: Setting) => Promise<void>,
  corsOrigin: string[] = [],
): Promise<void> {
  if (missing !== undefined) return context.skip(missing);
  const port = await freePort();
  const start = (): Promise<TestProcess> =>
    startTestProcess({
      models: async () => resolve(root, 'model'),
      config: { port, engine: 'auto', ...(corsOrigin.length > 0 ? { corsOrigin } : {}) },
    });
  let hub = await start();
  const publisher = connect(hub.url, FAST);
  let isRunning = true;
  const publishing = publish(publisher, () => isRunning);
  try {
    await publisher.ready();
    await body({
      port,
      get hub() {
        return hub;
      },
      restart: async (signal) => {
        const gone = new Promise((done) => hub.child.once('exit', done));
        hub.child.kill(signal);
        await gone;
        hub = await start();
      },
    });
  } finally {
    isRunning = false;
    publisher.close();
    await publishing;
    await hub.close();
  }
}

async function publish(client: TickcastClient, go: () => boolean): Promise<void> {
  for (let i = 0; go(); i++) {
    await client.predict(TEXTS[i % TEXTS.length] ?? '', { stream: 'talk' }).catch((error: unknown) => {
      if (!isTickcastError(error)) throw error;
    });
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** `1.2 s` or `812 ms`, in milliseconds. */
function millis(text: string): number {
  return Number.parseFloat(text) * (text.endsWith('ms') ? 1 : 1000);
}

async function withPage(url: string, body: (page: Page) => Promise<void>): Promise<void> {
  if (browser === undefined) throw new Error('no browser');
  const watched = await openPage(browser, url);
  try {
    await body(watched.page);
    expect(watched.problems).toEqual([]);
  } finally {
    await watched.close();
  }
}

test('the page of a real hub is live when it is opened, with messages and a mood, and asks for little before', (context) =>
  withHub(context, async ({ hub }) => {
    await withPage(`${hub.url}/?stream=talk`, async (page) => {
      await state(page, 'live');
      await holds(page, 'document.querySelectorAll("#newest [data-row]").length > 0');
      // How long it takes is for `npm run bench:page`; here, on how much it waits.
      const asked = (await page.evaluate(ASKED)) as { files: string[]; bytes: number };
      console.log(`live with messages after ${asked.files.length} files of ${asked.bytes} bytes`);
      expect(asked.files.length).toBeLessThanOrEqual(MOST_FILES);
      expect(asked.bytes).toBeLessThan(MOST_BYTES);
      await text(page, '[data-mood]', /[+−]?\d/);
      // Windows of a second: half of the messages are older than a twentieth of it, and none is minutes old.
      const typical = `${await text(page, '#stat-fresh', /^[\d.]+$/)} ${await text(page, '#stat-fresh-unit', /^m?s$/)}`;
      const tail = await text(page, '#stat-fresh-tail', /^p99\s[\d.]+\sm?s$/);
      expect(millis(typical)).toBeGreaterThan(50);
      expect(millis(typical)).toBeLessThan(60_000);
      expect(millis(tail.replace(/^p99\s/, ''))).toBeGreaterThanOrEqual(millis(typical));
    });
  }));

test('typing gives scores, by the model, with the receipt of a real prediction', (context) =>
  withHub(context, async ({ hub }) => {
    await withPage(`${hub.url}/?stream=talk`, async (page) => {
      await state(page, 'live');
      const typed = 'what a lovely day';
      await page.evaluate(`{
        globalThis.scored = 0;
        new MutationObserver(() => { scored += 1; })
          .observe(document.querySelector('[data-receipt]'), { childList: true, characterData: true, subtree: true });
      }`);
      await page.locator('#try-text').pressSequentially(typed, { delay: 120 });
      await text(page, '[data-score="positive"]', /^0\.[89]\d$/);
      // As it is typed; a key that is overtaken gets no score of its own.
      const scored = (await page.evaluate('scored')) as number;
      console.log(`scored ${scored} of ${typed.length} keystrokes`);
      expect(scored).toBeGreaterThan(1);
      expect(await page.textContent('[data-receipt]')).toMatch(/queue.*batch.*infer.*network/);
      await page.waitForSelector('#try-words .word[data-tone="positive"] >> text=lovely');
    });
  }));

test('a hub that is killed and started again: the page recovers by itself and shows the gap', (context) =>
  withHub(context, async ({ hub, restart }) => {
    await withPage(`${hub.url}/?stream=talk&range=1m`, async (page) => {
      await state(page, 'live');
      await restart('SIGKILL');
      await state(page, 'live');
      await text(page, '#gaps', /Hub restarted, unknown number missed/);
      await holds(page, 'document.querySelectorAll("#newest [data-row]").length > 0');
      expect(Number(await page.textContent('[data-reconnects]'))).toBeGreaterThanOrEqual(1);
    });
  }));

test('words that weighed most are underlined, and markup of others is text', (context) =>
  withHub(context, async ({ hub }) => {
    await withPage(`${hub.url}/?stream=talk`, async (page) => {
      await text(page, '#newest', /lovely/);
      await text(page, '#newest', /<b>song<\/b>/);
      await holds(
        page,
        'document.querySelectorAll("#newest [data-row] [data-weight], #newest [data-row] mark, #newest [data-row] .word").length > 0',
      );
      expect(await page.locator('#newest b').count()).toBe(0);
    });
  }));

test('a plain page of another server streams live sentiment with the SDK that the hub serves', async (context) => {
  const html = await readFile(resolve(root, 'docs/examples/live.html'), 'utf8');
  let served = '';
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/' ? 200 : 404, { 'content-type': 'text/html' }).end(served);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const own = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  try {
    await withHub(
      context,
      async ({ hub }) => {
        served = html.replaceAll('http://localhost:3000', hub.url).replace("'live'", "'talk'");
        if (browser === undefined) throw new Error('no browser');
        const page = await browser.newPage();
        await page.goto(own);
        await text(page, '#state', /^live$/);
        await text(page, '#items', /positive: what a lovely day/);
        // The same page by another name: it gets the SDK, which says what the hub needs.
        const other = own.replace('127.0.0.1', 'localhost');
        await page.goto(other);
        await text(page, '#state', new RegExp(`--cors-origin ${other}`));
        await page.close();
      },
      [own],
    );
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

test('the hub serves the page to browsers and its description to programs, under a strict policy', (context) =>
  withHub(context, async ({ hub }) => {
    const page = await fetch(hub.url, { headers: { accept: 'text/html,*/*;q=0.8' } });
    const program = await fetch(hub.url);
    const sdk = await fetch(`${hub.url}/tickcast.js`);
    const html = await page.text();
    const script = /src="\.?(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const asset = await fetch(hub.url + script);

    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'/);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(await program.json()).toMatchObject({ name: 'tickcast', sdk: expect.stringContaining('/tickcast.js') });
    expect(sdk.headers.get('content-type')).toMatch(/javascript/);
    expect(asset.status).toBe(200);
    expect(asset.headers.get('cache-control')).toMatch(/immutable/);
    expect((await fetch(`${hub.url}/assets/none.js`)).status).toBe(404);
    expect((await fetch(`${hub.url}/..%2fpackage.json`)).status).toBe(404);
  }));
