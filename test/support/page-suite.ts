/**
 * Common setup of the page's tests: one Chromium per file, a scripted hub and a page per test, and a check for errors
 * in the page.
 */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, type TestContext } from 'vitest';
import { missingChromium, openPage, startChromium } from './page.js';
import { ScriptedHub, type ScriptedHubOptions } from './scripted-hub.js';
import { until } from './until.js';

const FOLDER = resolve(import.meta.dirname, '../../dist/web');

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};

export interface PageCase {
  readonly streams?: ScriptedHubOptions['streams'];
  readonly query?: string;
  readonly context?: BrowserContextOptions;
  /** The page is not expected to be live at first. */
  readonly isNotLive?: boolean;
}

export type Body = (page: Page, hub: ScriptedHub) => Promise<void>;

export interface PageSuite {
  /** Opens the page on its own hub, and afterwards checks that it had no errors and sent no requests elsewhere. */
  run(context: TestContext, given: PageCase, body: Body): Promise<void>;
}

export function pageSuite(): PageSuite {
  const missing = missingChromium();
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (missing !== undefined) return;
    if (!existsSync(FOLDER)) throw new Error('dist/web is missing; run npm run build:web');
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    run: async (context, { streams = { 'launch-day': {} }, query = '?stream=launch-day', ...given }, body) => {
      if (missing !== undefined || browser === undefined) return context.skip(missing ?? 'no browser');
      const hub = await ScriptedHub.start({ folder: FOLDER, streams });
      try {
        const watched = await openPage(browser, hub.url + query, given.context);
        try {
          if (given.isNotLive !== true) await state(watched.page, 'live');
          await body(watched.page, hub);
          expect(watched.problems).toEqual([]);
        } finally {
          await watched.close();
        }
      } finally {
        await hub.close();
      }
    },
  };
}

/** Waits until the page is in a state. */
export async function state(page: Page, name: string, timeout = 45_000): Promise<void> {
  await page.waitForSelector(`html[data-state="${name}"]`, { timeout, state: 'attached' });
}

/** Waits until an expression is true in the page. Asked from here: the page's policy forbids `eval` to the page's own timers. */
export async function holds(page: Page, expression: string, ms = 45_000): Promise<void> {
  await until(expression, async () => (await page.evaluate(expression)) === true, ms);
}

/** Waits until the text of the first element that is found has the form; answers the text. */
export async function text(page: Page, selector: string, form: RegExp, ms = 45_000): Promise<string> {
  let found = '';
  const read = `document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`;
  const matches = async (): Promise<boolean> => {
    found = (await page.evaluate(read)) as string;
    return form.test(found);
  };
  await until(`${selector} says ${String(form)}`, matches, ms).catch((error: Error) => {
    throw new Error(`${error.message}; it says "${found.slice(0, 200)}"`);
  });
  return found;
}

export async function scrollsSideways(page: Page): Promise<boolean> {
  return (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) as boolean;
}
