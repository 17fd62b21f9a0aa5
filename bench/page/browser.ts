/**
 * The page in a real headless Chromium, and the browser's own counters. Knows the DevTools protocol; judges no figure.
 */

import { existsSync, readFileSync } from 'node:fs';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import type { HeapSample, Sight } from './figures.js';
import { KEYSTROKES_SCRIPT } from './keystrokes.js';
import { PROBE_SCRIPT, type ProbeReading, parseSight, probeScript, SIGHT_SCRIPT } from './probe.js';
import { parseTrace, TRACE_CATEGORIES, type TraceEvent } from './trace.js';

const PATHS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const VIEWPORT = { width: 1440, height: 900 };
const LIVE_MS = 60_000;
/** For the trace of one part; a minute takes some 30 MB. */
const TRACE_KB = 400_000;
const READ_BYTES = 1 << 20;

/** Seconds since the browser or the machine started counting; only differences matter. */
export interface Counters {
  /** Of the machine's monotonic clock, which traces use too. */
  readonly at: number;
  readonly pageStartedAt: number;
  readonly task: number;
  readonly script: number;
  readonly layout: number;
  readonly style: number;
  readonly cpu: number;
  /** Ready to run, but without a core. */
  readonly wait: number;
}

export interface Trace {
  readonly events: readonly TraceEvent[];
  readonly isCut: boolean;
}

interface ProcessInfo {
  readonly type: string;
  readonly id: number;
  readonly cpuTime: number;
}

export class PageBrowser {
  readonly version: string;
  /** Errors in the page. */
  readonly problems: string[] = [];
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #wholeBrowser: CDPSession;
  readonly #devtools: CDPSession;
  #renderer = 0;

  private constructor(browser: Browser, page: Page, wholeBrowser: CDPSession, devtools: CDPSession) {
    this.version = browser.version();
    this.#browser = browser;
    this.#page = page;
    this.#wholeBrowser = wholeBrowser;
    this.#devtools = devtools;
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.problems.push(`error: ${error.message}`));
  }

  /** Playwright ends the browser whenever this process exits. */
  static async start(): Promise<PageBrowser> {
    const executablePath = PATHS.find((path) => path !== undefined && existsSync(path));
    if (executablePath === undefined) throw new Error('Chromium was not found; set CHROMIUM to its path');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    const context = await browser.newContext({ viewport: VIEWPORT });
    const page = await context.newPage();
    await page.addInitScript(PROBE_SCRIPT);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable');
    return new PageBrowser(browser, page, await browser.newBrowserCDPSession(), devtools);
  }

  /** Opens the page and waits until it is live and has been for `settleMs`. Answers how long it took to be live, in ms. */
  async open(url: string, settleMs: number): Promise<number> {
    await this.#page.goto(url);
    await this.#page.waitForSelector('html[data-state="live"]', { state: 'attached', timeout: LIVE_MS });
    // Since the navigation began, by the page's own clock.
    const liveMs = (await this.#page.evaluate('performance.now()')) as number;
    const before = await this.#renderers();
    await this.#page.waitForTimeout(settleMs);
    // A browser keeps idle spare renderers: the page's is the one that worked.
    const worked = (await this.#renderers()).map(({ id, cpuTime }) => {
      const earlier = before.find((one) => one.id === id)?.cpuTime ?? 0;
      return { id, seconds: cpuTime - earlier };
    });
    this.#renderer = worked.reduce((most, one) => (one.seconds > most.seconds ? one : most), { id: 0, seconds: 0 }).id;
    if (this.#renderer === 0) throw new Error('none of the renderers of the browser had any work');
    return liveMs;
  }

  /** The page's process; its main thread has the same id. */
  get renderer(): number {
    return this.#renderer;
  }

  async counters(): Promise<Counters> {
    const metrics = await this.#metrics();
    const main = readFileSync(`/proc/${this.#renderer}/task/${this.#renderer}/schedstat`, 'utf8');
    const [cpuNs = 0, waitNs = 0] = main.split(' ').map(Number);
    const metric = (name: string): number => metrics.get(name) ?? Number.NaN;
    return {
      at: metric('Timestamp'),
      pageStartedAt: metric('NavigationStart'),
      task: metric('TaskDuration'),
      script: metric('ScriptDuration'),
      layout: metric('LayoutDuration'),
      style: metric('RecalcStyleDuration'),
      cpu: cpuNs / 1e9,
      wait: waitNs / 1e9,
    };
  }

  /** Of all processes of the browser. */
  async cpuSeconds(): Promise<number> {
    return (await this.#processes()).reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  }

  /** The current heap, garbage included, without disturbing it. */
  async usedHeapBytes(): Promise<number> {
    return (await this.#metrics()).get('JSHeapUsedSize') ?? Number.NaN;
  }

  async sampleHeap(atSeconds: number): Promise<HeapSample> {
    await this.#devtools.send('HeapProfiler.collectGarbage');
    // Newer browsers return more than the protocol's types describe.
    const usage: Readonly<Record<string, number>> = { ...(await this.#devtools.send('Runtime.getHeapUsage')) };
    const { usedSize: scriptBytes = 0, embedderHeapUsedSize: domBytes = 0, backingStorageSize: arrayBytes = 0 } = usage;
    const metrics = await this.#metrics();
    return {
      atSeconds,
      bytes: scriptBytes + domBytes + arrayBytes,
      scriptBytes,
      domBytes,
      arrayBytes,
      nodes: metrics.get('Nodes') ?? Number.NaN,
      listeners: metrics.get('JSEventListeners') ?? Number.NaN,
    };
  }

  async sight(): Promise<Sight> {
    // Its shape is that of SIGHT_SCRIPT.
    return parseSight((await this.#page.evaluate(SIGHT_SCRIPT)) as readonly string[]);
  }

  /** Times are seconds of {@link Counters.at}. */
  async probe(from: Counters, to: Counters): Promise<ProbeReading> {
    const onPage = ({ at }: Counters): number => (at - from.pageStartedAt) * 1000;
    return (await this.#page.evaluate(probeScript(onPage(from), onPage(to)))) as ProbeReading;
  }

  /** Milliseconds from each of some keys in the page's text field to its score. */
  async typeKeys(): Promise<readonly number[]> {
    return (await this.#page.evaluate(KEYSTROKES_SCRIPT)) as readonly number[];
  }

  async beginTrace(): Promise<void> {
    await this.#devtools.send('Tracing.start', {
      transferMode: 'ReturnAsStream',
      traceConfig: {
        recordMode: 'recordUntilFull',
        traceBufferSizeInKb: TRACE_KB,
        includedCategories: TRACE_CATEGORIES,
        excludedCategories: ['*'],
      },
    });
  }

  async endTrace(): Promise<Trace> {
    const complete = new Promise<{ readonly stream?: string; readonly dataLossOccurred: boolean }>((resolve) => {
      this.#devtools.once('Tracing.tracingComplete', resolve);
    });
    await this.#devtools.send('Tracing.end');
    const { stream: handle, dataLossOccurred: isCut } = await complete;
    if (handle === undefined) throw new Error('the browser gave no trace');
    const parts: string[] = [];
    for (let isEnd = false; !isEnd; ) {
      const { data, eof, base64Encoded } = await this.#devtools.send('IO.read', { handle, size: READ_BYTES });
      parts.push(base64Encoded === true ? Buffer.from(data, 'base64').toString() : data);
      isEnd = eof;
    }
    await this.#devtools.send('IO.close', { handle });
    return { events: parseTrace(parts.join('')), isCut };
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  async #metrics(): Promise<ReadonlyMap<string, number>> {
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    return new Map(metrics.map(({ name, value }) => [name, value]));
  }

  async #renderers(): Promise<readonly ProcessInfo[]> {
    return (await this.#processes()).filter(({ type }) => type === 'renderer');
  }

  async #processes(): Promise<readonly ProcessInfo[]> {
    return (await this.#wholeBrowser.send('SystemInfo.getProcessInfo')).processInfo;
  }
}
