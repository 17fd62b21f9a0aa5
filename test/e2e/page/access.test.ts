import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { holds, PHONE, pageSuite, scrollsSideways, state, text } from '../../support/page-suite.js';

const suite = pageSuite();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious or critical findings of axe-core. */
async function faults(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe });
  const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

const CASES: readonly (readonly [string, string, BrowserContextOptions])[] = [
  ['dark', 'live', { colorScheme: 'dark' }],
  ['light', 'live', { colorScheme: 'light' }],
  ['on a phone', 'live', { ...PHONE, colorScheme: 'dark' }],
  ['light', 'empty', { colorScheme: 'light' }],
  ['light', 'reconnecting', { colorScheme: 'light' }],
  ['dark', 'paused', { colorScheme: 'dark' }],
];

for (const [how, name, given] of CASES) {
  test(`axe-core finds nothing serious in ${name}, ${how}`, (context) => {
    const query = name === 'empty' ? { query: '?stream=later', isNotLive: true } : {};
    return suite.run(context, { context: { ...given, bypassCSP: true }, ...query }, async (page, hub) => {
      if (name !== 'empty') await page.waitForSelector('#newest [data-row]');
      if (name === 'reconnecting') hub.refuse('gone');
      if (name === 'paused') await page.keyboard.press('Space');
      await state(page, name);
      // Tints of new rows fade: measurements in between are meaningless.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      expect(await faults(page)).toEqual([]);
    });
  });
}

test('every key of the table does what the help says', (context) =>
  suite.run(context, { streams: { 'launch-day': {}, support: {} } }, async (page) => {
    const press = (key: string): Promise<void> => page.keyboard.press(key);
    await press('Space');
    await state(page, 'paused');
    await press('Space');
    await state(page, 'live');
    for (const [key, range] of [
      ['1', '1m'],
      ['3', '15m'],
      ['4', '1h'],
      ['2', '5m'],
    ] as const) {
      await press(key);
      await page.waitForSelector(`[data-range="${range}"][aria-pressed="true"]`);
    }
    await press('+');
    await state(page, 'zoomed');
    await press('-');
    await press('l');
    await state(page, 'live');
    await press('ArrowLeft');
    await page.waitForSelector('#read-out:not([hidden])');
    const near = await page.textContent('#read-time');
    await press('Shift+ArrowLeft');
    await holds(page, `document.querySelector('#read-time').textContent < ${JSON.stringify(near)}`);
    await press('Escape');
    await page.waitForSelector('#read-out', { state: 'hidden' });
    await press('d');
    await page.waitForSelector('html[data-theme]', { state: 'attached' });
    await press('?');
    await page.waitForSelector('#help[open]');
    await press('Escape');
    await page.waitForSelector('#help:not([open])', { state: 'attached' });
    await press('t');
    await page.waitForSelector('#try-text:focus');
    await page.keyboard.type(' 1l?');
    expect(await page.inputValue('#try-text')).toBe(' 1l?');
    expect(await page.getAttribute('html', 'data-state')).toBe('live');
    await press('Escape');
    await page.waitForSelector('#newest [data-row]');
    await press('n');
    await page.waitForSelector('#newest [data-row]:focus');
    await press('ArrowDown');
    await press('Escape');
    await press('s');
    await page.waitForSelector('#stream:focus');
  }));

test('the tab key goes through the parts in order, and the focus is always seen', (context) =>
  suite.run(context, {}, async (page) => {
    await page.waitForSelector('#newest [data-row]');
    const stops: string[] = [];
    for (let count = 0; count < 22; count += 1) {
      await page.keyboard.press('Tab');
      const stop = (await page.evaluate(`(() => {
        const node = document.activeElement;
        const seen = node.closest('.picker') ?? node;
        const { outlineStyle, outlineWidth } = getComputedStyle(seen);
        const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
        return (isSeen ? '' : 'unseen ') + (node.id || node.dataset.range || (node.hasAttribute('data-row') ? 'row' : node.className));
      })()`)) as string;
      stops.push(stop);
      if (stop === 'try-example') break;
    }
    expect(stops).toEqual([
      'skip',
      'stream',
      '1m',
      '5m',
      '15m',
      '1h',
      'pause',
      'theme',
      'help-open',
      'table-toggle',
      'row',
      'try-text',
      'try-example',
    ]);
  }));

test('the chart is a sentence and a table', (context) =>
  suite.run(context, {}, async (page) => {
    await holds(
      page,
      'document.querySelector("#share-chart").getAttribute("aria-label").startsWith("launch-day: mood ")',
    );
    await page.focus('#table-toggle');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.querySelectorAll("#share-rows tr").length')).toBe(20);
    await page.keyboard.press('Escape');
    await page.waitForSelector('#share-table', { state: 'hidden' });
  }));

test('a phone has one part at a time, and targets for a finger', (context) =>
  suite.run(context, { context: PHONE }, async (page) => {
    await page.waitForSelector('#newest [data-row]');
    expect(await page.isVisible('#try-text')).toBe(false);
    await page.tap('.tabs [data-tab="try"]');
    expect(await page.isVisible('#try-text')).toBe(true);
    expect(await page.isVisible('#share-chart')).toBe(false);
    await page.tap('.tabs [data-tab="hub"]');
    await text(page, '#hub-viewers', /^53$/);
    await page.tap('.tabs [data-tab="live"]');
    await page.tap('#phone-ranges [data-range="1m"]');
    const small = `[...document.querySelectorAll('button, select')].filter((node) => node.offsetParent !== null && !node.matches('.more, .table-toggle')
      && node.getBoundingClientRect().height < 43.5).map((node) => node.id || node.textContent)`;
    expect(await page.evaluate(small)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  }));

test('the theme is the system’s until it is chosen, and is kept', (context) =>
  suite.run(context, { context: { colorScheme: 'light' } }, async (page) => {
    const background = 'getComputedStyle(document.documentElement).backgroundColor';
    expect(await page.evaluate(background)).toBe('rgb(245, 247, 249)');
    await page.click('#theme');
    expect(await page.evaluate(background)).toBe('rgb(11, 15, 20)');
    await page.reload();
    await state(page, 'live');
    expect(await page.evaluate(background)).toBe('rgb(11, 15, 20)');
    await page.click('#theme');
    expect(await page.evaluate('localStorage.getItem("tickcast.theme")')).toBeNull();
  }));
