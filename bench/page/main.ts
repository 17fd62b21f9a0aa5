/** Entry of `npm run bench:page`: options, the hub and its load, the page, table, JSON, exit code. What is measured, and how, is in page/. */

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { probeBackend } from '../../server/engine/backend/backend-probe.js';
import { describeMachine, machineLack } from '../harness/machine.js';
import { ServerProcess } from '../servers/server-process.js';
import { PageBrowser } from './browser.js';
import { LoadProcess } from './load-process.js';
import { measurePage } from './measure.js';
import { type PageOptions, parsePageOptions, scheduleOf } from './options.js';
import { progressLine, reportText } from './report.js';
import { summarisePage } from './summary.js';

const STREAM = 'bench';
const SEED = 1;
/** From the moment of being live: fonts, history and compilation are the start's, which is another budget. */
const SETTLE_MS = 5_000;
const MODEL = fileURLToPath(new URL('../../../model', import.meta.url));
const RESULT_FILE = fileURLToPath(new URL('./page-result.json', import.meta.url));

// Exiting ends the children (child.ts) and the browser.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const parsing = parsePageOptions(argv.slice(2));
if (parsing.kind === 'help') console.log(parsing.text);
else if (parsing.kind === 'problem') fail(parsing.problem);
else await run(parsing.options).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));

async function run(options: PageOptions): Promise<void> {
  const lack = machineLack();
  if (lack !== undefined) return fail(lack);
  const native = await probeBackend('native');
  const backend = native.available ? native : await probeBackend('wasm');
  if (!backend.available) return fail(`no engine is available: ${backend.reason}`);
  const machine = describeMachine();

  const server = await ServerProcess.start('hub', { engine: native.available ? 'native' : 'wasm', model: MODEL });
  const url = `http://127.0.0.1:${server.port}`;
  const { rate, minutes } = options;
  const publisher = new LoadProcess({ role: 'publisher', url, stream: STREAM, rate, seed: SEED });
  const viewers = new LoadProcess({ role: 'viewers', url, stream: STREAM, viewers: options.viewers });
  let browser: PageBrowser | undefined;
  try {
    await publisher.ready(1);
    await viewers.ready(options.viewers);
    // The browser may use all cores, as on anybody's machine.
    browser = await PageBrowser.start();
    console.log(
      `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, Chromium ${browser.version}, engine ${backend.name} ${backend.version}`,
    );
    await browser.open(`${url}/?stream=${STREAM}`, SETTLE_MS);
    const broken = Promise.race([publisher.ended, viewers.ended, server.ended]);
    // Whoever waits next still gets the rejection.
    broken.catch(() => {});
    const schedule = scheduleOf(minutes);
    const scene = { browser, hub: server, publisher, viewers, broken };
    const figures = await measurePage(scene, schedule, (line) => console.log(progressLine(line)));
    const summary = summarisePage(figures, options);
    console.log(`\n${reportText(summary, figures.load)}`);

    const file = options.out ?? RESULT_FILE;
    const date = new Date().toISOString();
    const result = { date, machine, browser: browser.version, backend: backend.version, options, summary, ...figures };
    writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
    console.log(`All figures: ${file}`);
    if (options.check && summary.targets.some(({ met }) => met === false)) process.exitCode = 1;
  } finally {
    await browser?.close();
    await Promise.all([publisher.close(), viewers.close()]);
    await server.end();
  }
}

function fail(problem: string): void {
  console.error(`bench: ${problem}`);
  process.exitCode = 1;
}
