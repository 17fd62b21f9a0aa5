/**
 * Takes screenshots of the page in every state, against the scripted hub. `npm run screenshots -- [folder] [name]`.
 * Asserts nothing: look at them.
 */

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { runProgram } from '../../command-line/run-program.js';
import { openPage, startChromium } from './page.js';
import { ScriptedHub } from './scripted-hub.js';
import type { StreamScript } from './scripted-stream.js';

interface Shot {
  readonly name: string;
  readonly size?: readonly [number, number];
  readonly context?: BrowserContextOptions;
  readonly script?: Partial<StreamScript>;
  readonly query?: string;
  /** Brings the page into its state. */
  readonly act?: (page: Page, hub: ScriptedHub) => Promise<void>;
  readonly waitMs?: number;
  /** The reader's own font size, in pixels. */
  readonly fontSize?: number;
}

const WIDE = [1440, 900] as const;
const PHONE = [390, 844] as const;
const phone: BrowserContextOptions = { hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const dark: BrowserContextOptions = { colorScheme: 'dark' };
const light: BrowserContextOptions = { colorScheme: 'light' };
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const LONG = 'x'.repeat(10_000);
const ODD = [
  '<img src=x onerror=alert(1)><script>alert(1)</script>',
  'هذا المنتج رائع جدا وأنا سعيد به',
  LONG,
  '🎉'.repeat(5000),
];

const typed = async (page: Page): Promise<void> => {
  await page.fill('#try-text', 'The keynote dragged, but the new editor is an absolute joy');
};
const away = async (page: Page, hub: ScriptedHub): Promise<void> => {
  if (await page.isVisible('#try-text')) await typed(page);
  await wait(2000);
  hub.refuse('gone');
  await wait(9000);
};

const SHOTS: readonly Shot[] = [
  { name: 'wide-dark', context: dark, act: typed },
  {
    name: 'wide-light',
    context: light,
    act: async (page) => {
      await typed(page);
      await page.mouse.move(345, 300);
    },
  },
  { name: 'tablet-dark', size: [1024, 768], context: dark, act: typed },
  { name: 'phone-dark', size: PHONE, context: { ...dark, ...phone } },
  {
    name: 'phone-light-try',
    size: PHONE,
    context: { ...light, ...phone },
    act: async (page) => {
      await page.click('.tabs [data-tab="try"]');
      await typed(page);
    },
  },
  {
    name: 'phone-hub',
    size: PHONE,
    context: { ...dark, ...phone },
    act: async (page) => page.click('.tabs [data-tab="hub"]'),
  },
  { name: 'small-dark', size: [320, 640], context: { ...dark, ...phone } },
  { name: 'forced-colors', context: { ...dark, forcedColors: 'active' }, act: typed },
  { name: 'big-text', context: dark, act: typed, fontSize: 32 },
  { name: 'big-text-phone', size: PHONE, context: { ...dark, ...phone }, fontSize: 32 },
  {
    name: 'grey',
    context: { ...dark },
    act: async (page) => {
      await page.evaluate('document.documentElement.style.filter = "grayscale(1)"');
    },
  },
  {
    name: 'paused',
    context: dark,
    act: async (page) => {
      await page.keyboard.press('Space');
      await wait(3500);
    },
  },
  {
    name: 'zoomed',
    context: dark,
    act: async (page) => {
      await page.mouse.move(300, 300);
      await page.mouse.down();
      await page.mouse.move(520, 320, { steps: 5 });
      await page.mouse.up();
    },
  },
  { name: 'reconnecting', context: dark, act: away },
  { name: 'reconnecting-phone', size: PHONE, context: { ...dark, ...phone }, act: away },
  {
    name: 'gap-restarted',
    context: light,
    query: '&range=1m',
    act: async (_page, hub) => {
      await wait(2000);
      hub.refuse('gone');
      await wait(5000);
      hub.refuse(undefined);
      hub.restart();
      await wait(7000);
    },
  },
  {
    name: 'gap-missed',
    context: dark,
    query: '&range=1m',
    act: async (_page, hub) => {
      hub.gap('launch-day', 318);
      await wait(6000);
    },
  },
  {
    name: 'silent',
    context: dark,
    query: '&range=1m',
    act: async (_page, hub) => {
      hub.isSilent = true;
      await wait(8000);
    },
  },
  {
    name: 'skipped',
    context: dark,
    act: async (_page, hub) => {
      hub.skip('launch-day', 3);
      await wait(5000);
    },
  },
  {
    name: 'slow-cut',
    context: dark,
    act: async (_page, hub) => {
      hub.cutSlow('launch-day');
      await wait(3000);
    },
  },
  { name: 'draining', context: light, act: async (_page, hub) => hub.goaway(5000) },
  { name: 'draining-phone', size: PHONE, context: { ...light, ...phone }, act: async (_page, hub) => hub.goaway(5000) },
  { name: 'empty', context: dark, query: '&stream=nothing-here' },
  { name: 'empty-phone', size: PHONE, context: { ...light, ...phone }, query: '&stream=nothing-here' },
  {
    name: 'token',
    context: dark,
    act: async (page, hub) => {
      hub.refuse('UNAUTHENTICATED');
      await page.reload();
      await wait(1500);
    },
  },
  {
    name: 'connecting',
    context: dark,
    act: async (page) => {
      await page.route('**/socket.io/**', () => undefined);
      await page.routeWebSocket(/socket\.io/, () => undefined);
      await page.reload();
      await wait(2500);
    },
  },
  { name: 'one-hour', context: dark, query: '&range=1h' },
  { name: 'quarter-hour', context: light, query: '&range=15m' },
  { name: 'one-message', context: dark, script: { rate: 1, pastSeconds: 1 } },
  { name: 'no-messages', context: dark, script: { rate: 0, pastSeconds: 60 } },
  { name: 'all-positive', context: dark, script: { mood: () => ({ positive: 1, negative: 0 }) } },
  { name: 'minus-hundred', context: light, script: { mood: () => ({ positive: 0, negative: 1 }) } },
  {
    name: 'minus-hundred-phone',
    size: [320, 640],
    context: { ...light, ...phone },
    script: { mood: () => ({ positive: 0, negative: 1 }) },
  },
  { name: 'flood', context: dark, script: { rate: 99_999, mood: () => ({ positive: 0.02, negative: 0.96 }) } },
  { name: 'odd-texts', context: dark, script: { texts: ODD } },
  {
    name: 'odd-texts-phone',
    size: [320, 640],
    context: { ...light, ...phone },
    script: { texts: ODD },
    act: async (page) => {
      await page.evaluate('document.querySelector("#newest").scrollIntoView()');
    },
  },
  { name: 'help', context: dark, act: async (page) => page.keyboard.press('?') },
  {
    name: 'table',
    context: dark,
    act: async (page) => {
      await page.focus('#table-toggle');
      await page.keyboard.press('Enter');
    },
  },
  { name: 'word', context: light, act: async (page) => page.hover('#newest .word') },
];

async function take(
  browser: Browser,
  folder: string,
  { name, size = WIDE, context, script, query = '', act, waitMs = 2500 }: Shot,
): Promise<void> {
  const hub = await ScriptedHub.start({
    folder: resolve('dist/web'),
    streams: { 'launch-day': script ?? {}, support: { rate: 6 } },
  });
  const [width, height] = size;
  const watched = await openPage(browser, `${hub.url}/?stream=launch-day${query}`.replace('launch-day&stream=', ''), {
    ...context,
    viewport: { width, height },
  });
  try {
    await wait(waitMs);
    await act?.(watched.page, hub);
    await wait(600);
    const sideways = await watched.page.evaluate('document.documentElement.scrollWidth - innerWidth');
    if (Number(sideways) > 0) console.log(`${name}: scrolls sideways by ${String(sideways)} px`);
    await watched.page.screenshot({ path: join(folder, `${name}.png`) });
    for (const problem of watched.problems) console.log(`${name}: ${problem}`);
  } catch (error) {
    console.log(`${name}: ${String(error)}`);
  } finally {
    await watched.close();
    await hub.close();
  }
}

const SCREENSHOTS = {
  name: 'screenshots',
  intro: `npm run screenshots -- [FOLDER] [NAME...]

Pictures of the page in every state: ${SHOTS.map(({ name }) => name).join(', ')}.`,
  options: {},
  operands: {
    form: 'FOLDER NAME...',
    doc: 'Where they go, and which; all by default. [dist/screenshots]',
    most: SHOTS.length,
  },
};

await runProgram(SCREENSHOTS, async (_, [folder = 'dist/screenshots', ...only]) => {
  mkdirSync(folder, { recursive: true });
  for (const shot of SHOTS) {
    if (only.length > 0 && !only.some((name) => shot.name === name)) continue;
    const browser = await startChromium(shot.fontSize);
    await take(browser, folder, shot);
    await browser.close();
  }
});
