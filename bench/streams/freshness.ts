/**
 * Freshness: how old items are when viewers have them, from the hub's acceptance of the request that published them;
 * with everything quiet, and while one hub drains and all go to the next. Beside a thousand lean viewers some programs
 * view by the SDK, through a proxy in front of the hubs: they tell the ages that the SDK would tell.
 */

import { createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../client/connect.js';
import { LatencyHistogram } from '../harness/latency-histogram.js';
import { msText } from '../harness/table.js';
import { clientTextFrame } from '../load/frames.js';
import { ServerProcess } from '../servers/server-process.js';
import { STREAM, TEXT } from './cast-workload.js';
import { Follower } from './follower.js';

export interface FreshnessPlan {
  readonly setting: { readonly engine: 'native' | 'wasm'; readonly model: string };
  readonly viewers: number;
  readonly perSecond: number;
  /** Of the quiet part. */
  readonly seconds: number;
}

export interface FreshnessFigure {
  readonly phase: 'quiet' | 'through a drain';
  /** Of the viewers whose frames are read: one in twenty. */
  readonly items: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** As the SDK tells them. */
  readonly sdkP50Ms: number;
  readonly sdkP99Ms: number;
  /** Longest time without a frame, of the viewers whose frames are read. */
  readonly silenceMs: number;
}

/** How long the first hub goes on serving, in milliseconds; clients go within the first half of it. */
const DRAIN_MS = 10_000;
const PUBLISHERS = 10;
const SDK_VIEWERS = 10;
const READ_ONE_IN = 20;
const AT = Buffer.from('"at":');
const TOOK = Buffer.from('"tookMs":');

export async function measureFreshness(
  plan: FreshnessPlan,
  say: (line: string) => void,
): Promise<readonly FreshnessFigure[]> {
  const flags = ['--drain-delay-ms', String(DRAIN_MS)];
  const start = (): Promise<ServerProcess> => ServerProcess.start('hub', { ...plan.setting, flags });
  const [first, second] = [await start(), await start()];
  let current = first;
  const failed = (reason: string): never => {
    throw new Error(`freshness: ${reason}`);
  };
  const ages = new Ages();
  const common = { port: () => current.port, failed, spreadMs: DRAIN_MS / 2 };
  const viewers = Array.from({ length: plan.viewers }, (_, index) => {
    const isRead = index % READ_ONE_IN === 0;
    const seen = isRead ? ages.viewer() : undefined;
    return new Follower({
      ...common,
      request: { stream: STREAM, history: 0 },
      onFrame: (...frame) => seen?.(...frame),
    });
  });
  const publishers = Array.from(
    { length: PUBLISHERS },
    () => new Follower({ ...common, request: undefined, onFrame: () => {} }),
  );
  const front = await openFront(() => current.port);
  const clients = Array.from({ length: SDK_VIEWERS }, () => connect(front.url, { transports: ['websocket'] }));
  const stopPublishing = await publish(publishers, plan.perSecond);
  try {
    for (const viewer of viewers) await viewer.open();
    for (const client of clients) {
      await client.ready();
      const subscription = client.subscribe(STREAM, { history: 0 });
      subscription.on('value', (item) => ages.sdk(subscription.ageOf(item)));
    }
    await delay(3_000);
    ages.reset();
    await delay(1000 * plan.seconds);
    const quiet = ages.figure('quiet');
    say(textOf(quiet));
    ages.reset();
    current = second;
    await Promise.all([first.end(DRAIN_MS + 5_000), delay(DRAIN_MS + 1_000)]);
    const drained = ages.figure('through a drain');
    say(textOf(drained));
    return [quiet, drained];
  } finally {
    stopPublishing();
    for (const one of [...viewers, ...publishers, ...clients]) one.close();
    front.close();
    await Promise.all([first.end(), second.end()]);
  }
}

/** What viewers see, on the machine's clock. */
class Ages {
  #read = new LatencyHistogram();
  #sdk = new LatencyHistogram();
  #silenceMs = 0;

  /** Reads the frames of one viewer. */
  viewer(): (bytes: Buffer, start: number, end: number) => void {
    let seenAt: number | undefined;
    return (bytes, start, end) => {
      const now = performance.timeOrigin + performance.now();
      this.#silenceMs = Math.max(this.#silenceMs, now - (seenAt ?? now));
      seenAt = now;
      for (let at = bytes.indexOf(AT, start); at >= 0 && at < end; at = bytes.indexOf(AT, at + 1)) {
        const took = bytes.indexOf(TOOK, at);
        const tookMs = took >= 0 && took < end ? numberAt(bytes, took + TOOK.length) : 0;
        this.#read.record(1000 * Math.max(0, now - numberAt(bytes, at + AT.length) + tookMs));
      }
    };
  }

  sdk(ageMs: number | undefined): void {
    if (ageMs !== undefined) this.#sdk.record(1000 * ageMs);
  }

  reset(): void {
    this.#read = new LatencyHistogram();
    this.#sdk = new LatencyHistogram();
    this.#silenceMs = 0;
  }

  figure(phase: FreshnessFigure['phase']): FreshnessFigure {
    const ms = (histogram: LatencyHistogram, share: number): number => histogram.percentile(share) / 1000;
    return {
      phase,
      items: this.#read.total,
      p50Ms: ms(this.#read, 0.5),
      p99Ms: ms(this.#read, 0.99),
      sdkP50Ms: ms(this.#sdk, 0.5),
      sdkP99Ms: ms(this.#sdk, 0.99),
      silenceMs: this.#silenceMs,
    };
  }
}

function numberAt(bytes: Buffer, at: number): number {
  return Number.parseFloat(bytes.toString('latin1', at, at + 20));
}

/** Evenly, by all publishers in turn. Returns what ends it. */
async function publish(publishers: readonly Follower[], perSecond: number): Promise<() => void> {
  await Promise.all(publishers.map((publisher) => publisher.open()));
  const packet = clientTextFrame(
    Buffer.from(`42["predict",${JSON.stringify({ input: TEXT, stream: STREAM, timing: false })}]`),
  );
  const startedAt = performance.now();
  let published = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; published < due; published++) publishers[published % publishers.length]?.publish(packet);
  }, 1);
  return () => clearInterval(timer);
}

/** One address for all hubs: passes each new connection on to the current one. */
async function openFront(port: () => number): Promise<{ readonly url: string; close(): void }> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = dial(port(), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.setNoDelay();
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function textOf({ phase, p50Ms, p99Ms, sdkP50Ms, sdkP99Ms, silenceMs }: FreshnessFigure): string {
  const pair = (p50: number, p99: number): string => `p50 ${msText(1000 * p50)} ms, p99 ${msText(1000 * p99)} ms`;
  return `freshness, ${phase}: ${pair(p50Ms, p99Ms)}; by the SDK ${pair(sdkP50Ms, sdkP99Ms)}; longest silence ${Math.round(silenceMs)} ms`;
}
