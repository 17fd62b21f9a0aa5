import { expect, test } from 'vitest';
import { holds, PHONE, pageSuite, scrollsSideways, state, text } from '../../support/page-suite.js';

const suite = pageSuite();
const LONG = 'x'.repeat(10_000);

test('the page shows live data, numbers that agree, and messages', (context) =>
  suite.run(context, {}, async (page) => {
    const mood = await text(page, '[data-mood]', /[+−±]\d+/);
    const points = Number(mood.replace('−', '-').replace(/[+±]/, ''));
    expect(Math.abs(points)).toBeLessThanOrEqual(100);
    await text(page, '[data-rate]', /^\d+$/);
    await text(page, '#newest [data-row]', /\w/);
    const agree = `(() => {
      const share = (tone) => Number(document.querySelector('[data-share="' + tone + '"]').textContent.replace('%', ''));
      const points = Number(document.querySelector('[data-mood]').textContent.replace('−', '-').replace('±', ''));
      const [p, u, n] = ['positive', 'neutral', 'negative'].map(share);
      return [p + u + n, p - n - points];
    })()`;
    expect(await page.evaluate(agree)).toEqual([100, 0]);
    expect(await page.textContent('[data-behind]')).toMatch(/^\d\.\d.s behind$/);
  }));

test('the newest list is bounded, held while a reader is in it, and shows what words did', (context) =>
  suite.run(context, { streams: { 'launch-day': { samples: 20, rate: 2000 } } }, async (page) => {
    await holds(page, 'document.querySelectorAll("#newest [data-row]").length >= 8');
    // Held first: a word that moves on is missed.
    await page.hover('#newest');
    await page.waitForSelector('#newest[data-held="true"]');
    await page.hover('#newest .word');
    await text(page, '#word-tip', /pulled [+−]0\.\d\d/);
    const before = await page.textContent('#newest');
    await text(page, '#newest-held', /^\d+ newer$/);
    expect((await page.textContent('#newest'))?.slice(0, 20)).toBe(before?.slice(0, 20));
    await page.mouse.move(200, 300, { steps: 3 });
    await page.waitForSelector('#newest[data-held="false"]');
    await holds(page, 'document.querySelectorAll("#newest [data-row]").length === 40');
  }));

test('a text is scored as it is typed, with a receipt; overtaken texts are silent', (context) =>
  suite.run(context, {}, async (page, hub) => {
    // Longer than from key to key, on a busy machine too.
    hub.answerMs = 400;
    await page.locator('#try-text').pressSequentially('what a great joy', { delay: 5 });
    const receipt = await text(page, '[data-receipt]', /=/);
    expect(receipt.replaceAll('\u00a0', ' ')).toMatch(
      /^[\d.]+ m?s = queue 40 µs \+ batch 210 µs \+ infer 690 µs \+ network [\d.]+ (µs|m?s)$/,
    );
    await text(page, '[data-score="positive"]', /^0\.[5-9]\d$/);
    expect(hub.predicted.asked).toBe(16);
    expect(hub.predicted.superseded).toBeGreaterThan(0);
    expect(await page.textContent('#try-problem')).toBe('');
    expect(await page.locator('#try-words .word').allTextContents()).toEqual(['great', 'joy']);
    expect(await page.textContent('#try-said')).toBe('words: joy +0.42, great +0.35');
    await page.hover('#try-words .word');
    await text(page, '#word-tip', /^great pulled \+0\.35$/);
    await page.fill('#try-text', '');
    await text(page, '[data-score="positive"]', /^0\.00$/);
    expect(await page.textContent('#try-words')).toBe('');
    expect(await page.isVisible('#word-tip')).toBe(false);
    await page.fill('#try-text', 'a great day');
    await page.waitForSelector('#try-words .word');
    await page.fill('#try-text', 'y'.repeat(10_001));
    await text(page, '#try-problem', /10,001 characters; the hub takes 10,000/);
    expect(await page.textContent('#try-words')).toBe('');
  }));

test('pause keeps the window and counts what is newer; resume goes on', (context) =>
  suite.run(context, {}, async (page) => {
    const axis = `document.querySelector('#share-chart canvas').toDataURL().length`;
    await page.click('#pause');
    await state(page, 'paused');
    await page.waitForTimeout(300);
    const before = await page.evaluate(axis);
    await text(page, '[data-behind]', /^[1-9]\d+ newer$/);
    await page.waitForTimeout(1200);
    expect(await page.evaluate(axis)).toBe(before);
    await page.keyboard.press('l');
    await state(page, 'live');
  }));

test('dragging zooms, the strip pans, and the pill returns to live', (context) =>
  suite.run(context, {}, async (page) => {
    await page.mouse.move(300, 300);
    await page.mouse.down();
    await page.mouse.move(500, 310, { steps: 4 });
    await page.mouse.up();
    await state(page, 'zoomed');
    const first = await text(page, '#back-to-live', /ago, return to live$/);
    await page.mouse.move(400, 600);
    await page.mouse.down();
    await page.mouse.move(700, 600, { steps: 4 });
    await page.mouse.up();
    await holds(page, `document.querySelector('#back-to-live').textContent !== ${JSON.stringify(first)}`);
    await page.click('#back-to-live');
    await state(page, 'live');
  }));

test('the link keeps the stream and the range, and opens where it says', (context) =>
  suite.run(context, { streams: { 'launch-day': {}, support: { rate: 3 } }, query: '' }, async (page) => {
    // Without a stream in the link: the busiest.
    await text(page, '#stream-name', /^launch-day$/);
    await holds(page, 'document.querySelectorAll("#stream option").length === 2');
    await page.selectOption('#stream', 'support');
    await page.click('[data-range="15m"]');
    await holds(page, 'location.search === "?stream=support&range=15m"');
    await page.reload();
    await text(page, '#stream-name', /^support$/);
    expect(await page.getAttribute('[data-range="15m"]', 'aria-pressed')).toBe('true');
    await state(page, 'live');
  }));

test('an hour is there at once, from what the hub kept', (context) =>
  suite.run(context, { query: '?stream=launch-day&range=1h' }, async (page) => {
    await text(page, '#stat-view', /^(29|30)\d\.\d$/);
    expect(await page.textContent('#mood-change')).toMatch(/an hour ago$/);
  }));

for (const [name, given] of [
  ['wide', {}],
  ['phone', PHONE],
  ['small', { ...PHONE, viewport: { width: 320, height: 640 } }],
] as const) {
  test(`odd texts on a ${name} page`, (context) => {
    const texts = ['<img src=x onerror=alert(1)><b>bold</b>', 'هذا رائع جدا', LONG, '🎉'.repeat(5000)];
    const streams = { 'launch-day': { texts } };
    return suite.run(context, { streams, context: given }, async (page) => {
      await holds(page, 'document.querySelectorAll("#newest [data-row]").length >= 8');
      expect(await page.evaluate('document.querySelectorAll("#newest :is(img, b, script)").length')).toBe(0);
      const all = (await page.textContent('#newest')) ?? '';
      expect(all).toContain('<img src=x onerror=alert(1)><b>bold</b>');
      expect(all).toContain('🎉'.repeat(100));
      await page.evaluate('document.querySelector("#newest .more").click()');
      expect(await scrollsSideways(page)).toBe(false);
    });
  });
}
