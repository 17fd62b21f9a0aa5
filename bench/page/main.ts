/**
 * Entry of `npm run bench:page`: the cost of the page to its browser under load. What is measured, and how, is in the
 * modules beside it.
 */

import { fileURLToPath } from 'node:url';
import { decimal, integer, oneOf } from '../../command-line/option.js';
import { runBench } from '../harness/bench.js';
import { machineLack } from '../harness/machine.js';
import { ServerProcess } from '../servers/server-process.js';
import { PageBrowser } from './browser.js';
import { LoadProcess } from './load-process.js';
import { measurePage } from './measure.js';
import { progressLine, tablesOf } from './report.js';
import { scheduleOf } from './schedule.js';
import { summarisePage } from './summary.js';

const STREAM = 'bench';
const SEED = 1;
/** After going live: fonts, history and compilation belong to the start, which has another budget. */
const SETTLE_MS = 5_000;
const MODEL = fileURLToPath(new URL('../../../model', import.meta.url));

const BENCH = {
  name: 'bench:page',
  intro: 'What the page costs its browser under load, and whether it stays as it is.',
  fails: 'with --check',
  // The browser may use all cores, as on anybody's machine.
  lack: machineLack,
  options: {
    minutes: decimal(0.1, 600, 10, 'How long it measures; 0.5 is the short form.'),
    rate: integer(1, 20_000, 2000, 'Messages a second on the stream that the page shows.'),
    viewers: integer(0, 1_000, 50, 'Subscribers besides the page, each with every message.'),
    engine: oneOf(['auto', 'native', 'wasm'], 'auto', 'What computes: auto takes native where it is installed.'),
  },
  outro: 'CHROMIUM names the browser, where it is not in its usual place.',
} as const;

await runBench(BENCH, async ({ minutes, rate, viewers: count }, { say, engine }) => {
  const server = await ServerProcess.start('hub', { engine, model: MODEL });
  const url = `http://127.0.0.1:${server.port}`;
  const publisher = new LoadProcess({ role: 'publisher', url, stream: STREAM, rate, seed: SEED });
  const viewers = new LoadProcess({ role: 'viewers', url, stream: STREAM, viewers: count });
  let browser: PageBrowser | undefined;
  try {
    await publisher.ready(1);
    await viewers.ready(count);
    browser = await PageBrowser.start();
    say(`Chromium ${browser.version}`);
    const liveMs = Math.round(await browser.open(`${url}/?stream=${STREAM}`, SETTLE_MS));
    say(`live ${liveMs} ms after it was opened`);
    const broken = Promise.race([publisher.ended, viewers.ended, server.ended]);
    // Later waiters still get the rejection.
    broken.catch(() => {});
    const scene = { browser, hub: server, publisher, viewers, broken };
    const figures = await measurePage(scene, scheduleOf(minutes), (line) => say(progressLine(line)));
    const summary = summarisePage(figures, { rate });
    const { targets, doubts } = summary;
    const all = { browser: browser.version, liveMs, summary, ...figures };
    return { tables: tablesOf(summary, figures.load), targets, doubts, figures: all };
  } finally {
    await browser?.close();
    await Promise.all([publisher.close(), viewers.close()]);
    await server.end();
  }
});
