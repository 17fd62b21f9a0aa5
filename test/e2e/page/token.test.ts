import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../client/index.js';
import { startTestProcess, type TestProcess } from '../../support/app.js';
import { missingChromium, openPage, startChromium } from '../../support/page.js';
import { state, text } from '../../support/page-suite.js';
import { FEED, KEYS, VIEWER, WEB } from '../../support/tokens.js';

const missing = missingChromium();
const root = new URL('../../..', import.meta.url).pathname;
let folder: string;
let hub: TestProcess | undefined;

beforeAll(async () => {
  if (missing !== undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'tickcast-access-'));
  const tokenFile = join(folder, 'tokens.json');
  await writeFile(tokenFile, JSON.stringify({ keys: KEYS }), { mode: 0o600 });
  hub = await startTestProcess({ models: async () => join(root, 'model'), config: { tokenFile } });
});

afterAll(async () => {
  await hub?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test('the page takes its token from the address or from the field, keeps it for the tab and shows it to nobody', async ({
  skip,
}) => {
  if (missing !== undefined || hub === undefined) return skip(missing ?? 'no hub');
  const feed = connect(hub.url, { token: FEED });
  for (const input of ['what a lovely day', 'so annoying']) await feed.predict(input, { stream: 'talk' });
  const browser = await startChromium();
  try {
    const invited = await openPage(browser, `${hub.url}/?stream=talk#token=${WEB}`);
    await state(invited.page, 'live');
    expect(invited.page.url()).not.toContain('token');
    await invited.page.fill('#try-text', 'what a wonderful day');
    await text(invited.page, '[data-score="positive"]', /\d/);
    await invited.page.reload();
    await state(invited.page, 'live');
    // Past windows arrive by REST, with the token.
    expect(invited.problems).toEqual([]);
    await invited.close();

    const asked = await openPage(browser, `${hub.url}/?stream=talk`);
    const { page } = asked;
    await state(page, 'failed');
    await text(page, '#token-title', /asks for a token/);
    await page.fill('#token-text', 'x'.repeat(40));
    await page.press('#token-text', 'Enter');
    await text(page, '#token-detail', /did not accept that/);
    await page.fill('#token-text', VIEWER);
    await page.press('#token-text', 'Enter');
    await state(page, 'live');
    expect(page.url()).not.toContain('token');
    expect(await page.content()).not.toContain(VIEWER);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(VIEWER);
    expect(asked.problems).toEqual([]);
    await asked.close();
  } finally {
    await browser.close();
    feed.close();
  }
  expect(JSON.stringify(hub.log)).not.toMatch(new RegExp([WEB, FEED, VIEWER].join('|')));
});
