/**
 * The cost to others of viewers that stop reading: the latency from publishing to delivery, with and without them, in
 * pairs.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { LatencyHistogram } from '../harness/latency-histogram.js';
import { msText } from '../harness/table.js';
import { clientTextFrame } from '../load/frames.js';
import { LeanClient } from '../load/lean-client.js';
import { ServerProcess } from '../servers/server-process.js';
import { STREAM } from './cast-workload.js';
import { Viewers } from './viewers.js';

export interface SlowViewerPlan {
  readonly setting: { readonly engine: 'native' | 'wasm'; readonly model: string };
  readonly pairs: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly viewers: number;
  readonly stalled: number;
}

export interface SlowViewerFigure {
  /** p99 in microseconds, pair by pair. */
  readonly withoutUs: readonly number[];
  readonly withUs: readonly number[];
  readonly ratios: readonly number[];
  /** Maximum growth of the hub's memory while some did not read, in bytes. */
  readonly rssRise: number;
}

/** The first kilobytes go into the kernel's buffers, not the hub's: a long text fills those soon. */
const TEXT = 'The train is late again and nobody says why. '.repeat(43).slice(0, 1900);
/** Time for those buffers to fill, in seconds. */
const FILL_SECONDS = 8;
const OFFSET = Buffer.from('"offset":');

export async function measureSlowViewer(plan: SlowViewerPlan, say: (text: string) => void): Promise<SlowViewerFigure> {
  const server = await ServerProcess.start('hub', { ...plan.setting, flags: ['--slow-viewer-ms', '600000'] });
  const sentAt: number[] = [];
  const latencyUs = new LatencyHistogram();
  let counting = false;
  const failed = (reason: string): never => {
    throw new Error(`slow viewers: ${reason}`);
  };
  const request = { stream: STREAM, history: 0 };
  const viewers = new Viewers({
    port: server.port,
    awaitHello: true,
    request,
    failed,
    onFrame: (bytes, start, end) => {
      const now = performance.now();
      for (let at = bytes.indexOf(OFFSET, start); at >= 0 && at < end; at = bytes.indexOf(OFFSET, at + 1)) {
        const offset = Number.parseInt(bytes.toString('latin1', at + OFFSET.length, at + OFFSET.length + 12), 10);
        const sent = sentAt[offset];
        if (counting && sent !== undefined) latencyUs.record((now - sent) * 1000);
      }
    },
  });
  const stalled = new Viewers({ port: server.port, awaitHello: true, request, failed: () => {}, onFrame: () => {} });
  const publisher = await openPublisher(server.port, failed);
  const packet = clientTextFrame(
    Buffer.from(`42["predict",${JSON.stringify({ input: TEXT, stream: STREAM, timing: false })}]`),
  );
  let published = 0;
  const startedAt = performance.now();
  // Evenly spaced: in a burst, the last message would wait for the first.
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * plan.perSecond;
    while (published < due) {
      published += 1;
      sentAt[published] = performance.now();
      publisher.write(packet);
    }
  }, 1);
  const count = async (): Promise<number> => {
    latencyUs.reset();
    counting = true;
    await delay(1000 * plan.seconds);
    counting = false;
    return latencyUs.percentile(0.99);
  };
  try {
    await viewers.open(plan.viewers);
    await delay(5000);
    const withoutUs: number[] = [];
    const withUs: number[] = [];
    let rssRise = 0;
    for (let pair = 0; pair < plan.pairs; pair++) {
      const rss = server.rssBytes();
      const without = await count();
      for (let i = 0; i < plan.stalled; i++) {
        await stalled.open(1);
        stalled.stall();
      }
      await delay(1000 * FILL_SECONDS);
      const with_ = await count();
      rssRise = Math.max(rssRise, server.rssBytes() - rss);
      stalled.close();
      await delay(1000);
      withoutUs.push(without);
      withUs.push(with_);
      say(
        `p99 to ${plan.viewers} viewers: ${msText(without)} ms; with ${plan.stalled} that do not read ${msText(with_)} ms`,
      );
    }
    return { withoutUs, withUs, ratios: withUs.map((us, i) => us / (withoutUs[i] ?? Number.NaN)), rssRise };
  } finally {
    clearInterval(timer);
    publisher.close();
    viewers.close();
    stalled.close();
    await server.end();
  }
}

function openPublisher(port: number, failed: (reason: string) => void): Promise<LeanClient> {
  return new Promise((resolve) => {
    const client = new LeanClient(
      { port, awaitHello: true },
      { ready: () => resolve(client), prediction: () => {}, failed, other: () => {} },
    );
  });
}
