/** The SDK's hooks in Chromium, in React's strict mode, which mounts everything twice. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingChromium, openPage, startChromium } from '../../support/page.js';
import { holds, text } from '../../support/page-suite.js';
import { ScriptedHub } from '../../support/scripted-hub.js';
import { until } from '../../support/until.js';

const missing = missingChromium();
if (missing !== undefined) console.warn(`skipped: ${missing}`);
let folder = '';
let browser: Browser | undefined;

beforeAll(async () => {
  if (missing !== undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'tickcast-react-'));
  await build({
    configFile: false,
    logLevel: 'error',
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    build: {
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      lib: {
        entry: resolve(import.meta.dirname, '../../support/react-page.ts'),
        formats: ['es'],
        fileName: () => 'page.js',
      },
    },
  });
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><meta charset="utf-8"><title>React</title><body><script type="module" src="page.js"></script>',
  );
  browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

test.skipIf(missing !== undefined)('predicts and shows a stream; nothing is left when the page leaves', async () => {
  if (browser === undefined) throw new Error('no browser');
  const hub = await ScriptedHub.start({ folder, streams: { 'launch-day': {} } });
  try {
    const { page, problems, close } = await openPage(browser, hub.url);
    await text(page, '#state', /^connected $/);
    await until('strict mode leaves one connection', () => hub.connections === 1);
    // Two components share a subscription; the first frame is a history.
    await text(page, '#one', /^live [123] $/);
    await text(page, '#two', /^live [123] $/);
    await text(page, '#one', /^live 3 $/);

    expect(await text(page, '#label', /idle/)).toBe('idle');
    await page.fill('#text', 'great joy');
    await text(page, '#label', /positive/);
    hub.answerMs = 400;
    const before = hub.predicted.asked;
    await page.fill('#text', 'worst, crashed');
    await text(page, '#label', /pending/);
    await page.fill('#text', 'great joy again');
    await text(page, '#label', /positive/);
    // An input that renders make anew is not asked for again.
    expect(hub.predicted.asked - before).toBe(2);

    await page.click('#toggle');
    await holds(page, 'document.querySelector("#one") === null');
    await page.click('#toggle');
    await text(page, '#two', /^live [123] $/);

    hub.dropConnections();
    await text(page, '#state', /^(reconnecting the connection was lost|connected)/);
    await text(page, '#state', /^connected $/);
    await text(page, '#one', /^live/);

    await page.evaluate('leave()');
    await until('the hub has no connection', () => hub.connections === 0);
    expect(problems).toEqual([]);
    await close();
  } finally {
    await hub.close();
  }
});
