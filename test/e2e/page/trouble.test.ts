import { expect, test } from 'vitest';
import { holds, pageSuite, state, text } from '../../support/page-suite.js';

const suite = pageSuite();

test('the hub goes and comes back: the page says so, recovers by itself and keeps the gap', (context) =>
  suite.run(context, { query: '?stream=launch-day&range=1m' }, async (page, hub) => {
    await text(page, '[data-rate]', /^\d+$/);
    hub.refuse('gone');
    await state(page, 'reconnecting');
    await text(page, '[data-link]', /^Reconnecting/);
    await text(page, '#link-action', /^Retry now$/);
    expect(await page.textContent('[data-rate]')).toBe('—');
    await text(page, '#mood-change', /^as of \d\d:\d\d:\d\d, /);
    await text(page, '#gaps', /No data for/);
    await page.fill('#try-text', 'a great day');
    await text(page, '[data-receipt]', /^Waiting for the hub/);
    hub.refuse(undefined);
    hub.restart();
    await state(page, 'live');
    await text(page, '#gaps', /Hub restarted, unknown number missed/);
    expect(await page.getAttribute('#gaps [data-gap]', 'data-gap')).toBe('restarted');
    await text(page, '[data-receipt]', /=/);
    expect(await page.textContent('[data-reconnects]')).toBe('1');
  }));

test('a hub of other versions takes the place of its own: the page says what to do, and goes on when that returns', (context) =>
  suite.run(context, {}, async (page, hub) => {
    hub.speaks = [2, 3];
    hub.dropConnections();
    await state(page, 'reconnecting');
    await text(page, '#token-detail', /the hub speaks protocol 2 to 3, the client 1; .*\. Load this page anew\.$/);
    await text(page, '[data-link]', /^Reconnecting/);
    expect(await page.isVisible('#token-text')).toBe(false);
    hub.speaks = [1, 2];
    await state(page, 'live');
    expect(await page.isVisible('#token-detail')).toBe(false);
  }));

test('a lost connection to a hub that kept everything leaves no gap', (context) =>
  suite.run(context, {}, async (page, hub) => {
    hub.dropConnections();
    await holds(page, 'document.querySelector("[data-reconnects]").textContent === "1"');
    await state(page, 'live');
    await page.waitForTimeout(2500);
    expect(await page.textContent('[data-gaps]')).toBe('0');
  }));

test('messages that the hub no longer has are a gap with their number; windows left out on purpose are not', (context) =>
  suite.run(context, {}, async (page, hub) => {
    hub.gap('launch-day', 318);
    await text(page, '#gaps', /318 missed/);
    expect(await page.textContent('[data-gaps]')).toBe('1');
    hub.skip('launch-day', 3);
    await text(page, '[data-skipped]', /^[34] windows$/);
    await state(page, 'slowed');
    expect(await page.textContent('[data-gaps]')).toBe('1');
    await state(page, 'live');
  }));

test('predictions without an answer are told, once there are some', (context) =>
  suite.run(context, {}, async (page, hub) => {
    expect(await page.isVisible('[data-failed]')).toBe(false);
    hub.fail('launch-day', 7);
    await text(page, '[data-failed]', /^7 without an answer$/);
    expect(await page.isVisible('[data-failed]')).toBe(true);
  }));

test('a viewer that was cut as too slow can resume', (context) =>
  suite.run(context, {}, async (page, hub) => {
    hub.cutSlow('launch-day');
    await state(page, 'slow');
    await text(page, '[data-link]', /^Disconnected as too slow$/);
    await page.click('#link-action');
    await state(page, 'live');
  }));

test('a draining hub is announced while data goes on', (context) =>
  suite.run(context, {}, async (page, hub) => {
    hub.goaway(6000);
    await state(page, 'draining');
    await text(page, '[data-behind]', /^moving in [1-6].s$/);
    await text(page, '[data-rate]', /^\d+$/);
    hub.dropConnections();
    await state(page, 'live');
  }));

test('a stream that nobody publishes to says how to, and begins when somebody does', (context) =>
  suite.run(context, { query: '?stream=later', isNotLive: true }, async (page, hub) => {
    await state(page, 'empty');
    await text(page, '#empty', /Nothing on later yet/);
    await text(page, '#empty-command', /curl .*"stream":"later"/);
    hub.addStream('later', { pastSeconds: 0 });
    await state(page, 'live');
    await text(page, '[data-mood]', /\d/);
    expect(await page.isVisible('#empty')).toBe(false);
    expect(hub.connections).toBe(1);
  }));

test('an empty hub offers the stream "live"', (context) =>
  suite.run(context, { streams: {}, query: '', isNotLive: true }, async (page) => {
    await state(page, 'empty');
    await text(page, '#empty', /Nothing on live yet/);
  }));

test('a hub that asks for a token gets a field in the place of the chart', (context) =>
  suite.run(context, {}, async (page, hub) => {
    hub.refuse('UNAUTHENTICATED');
    await page.reload();
    await state(page, 'failed');
    await page.waitForSelector('#token-text');
    expect(page.url()).not.toContain('token');
  }));

test('numbers at their limits fit: nothing at all, one label only, a flood', (context) =>
  suite.run(
    context,
    {
      streams: {
        'launch-day': { rate: 99_999, mood: () => ({ positive: 0, negative: 1 }) },
        quiet: { rate: 0, pastSeconds: 30 },
      },
    },
    async (page) => {
      await text(page, '[data-mood]', /^−100$/);
      await text(page, '[data-rate]', /^\d\d\d?\.\dk$/);
      const overlaps = `(() => {
        const boxes = [...document.querySelectorAll('.now-label')].map((node) => node.getBoundingClientRect());
        return boxes.some((box, index) => index > 0 && box.top < boxes[index - 1].bottom - 1);
      })()`;
      expect(await page.evaluate(overlaps)).toBe(false);
      await holds(page, 'document.querySelectorAll("#stream option").length === 2');
      await page.selectOption('#stream', 'quiet');
      await text(page, '#mood-word', /^No mood yet$/);
      expect(await page.textContent('[data-mood]')).toBe('—');
      await text(page, '[data-rate]', /^0$/);
    },
  ));
