/** A Chromium for tests: pages that record errors and requests to anyone but the hub. */

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PATHS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of Chromium on this machine, if installed. */
export const chromiumPath = PATHS.find((path) => path !== undefined && existsSync(path));

/** Why there is no Chromium, for skipped tests. Where `CI` is set that is a failure. */
export function missingChromium(): string | undefined {
  if (chromiumPath !== undefined) return undefined;
  const message = 'Chromium was not found; set CHROMIUM to its path';
  if (process.env.CI) throw new Error(message);
  return message;
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console and of scripts, and requests to others than the hub. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** `fontSize`: the reader's own font size, in pixels. */
export async function startChromium(fontSize = 16): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('Chromium was not found');
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', `--blink-settings=defaultFontSize=${fontSize}`],
  });
}

/** Opens an address. Failed requests to the hub itself are not problems: some tests remove it. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  const { host } = new URL(url);
  page.on('console', (message) => {
    const text = message.text();
    // Chromium reports every failed connection, and the 404 of a stream that does not exist yet.
    if (
      message.type() !== 'error' ||
      /WebSocket connection|ERR_CONNECTION|ERR_EMPTY_RESPONSE|status of 404|ERR_SOCKET/.test(text)
    )
      return;
    problems.push(`console: ${text}`);
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== 'data:' && asked.protocol !== 'blob:' && asked.host !== host)
      problems.push(`external: ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems, close: () => context.close() };
}
