/**
 * The feed's process: makes messages and sends each as one `predict` through the SDK over a real socket, as any program
 * would. Each topic is a stream. Started by feed-process.ts, to which it reports; knows nothing of the view, and only
 * the address of the hub.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { connect, isTickcastError, type TickcastClient } from '../client/index.js';
import { streamNameOf } from '../command-line/stream-name.js';
import { messageOf } from '../shared/words/message-of.js';
import { FeedLog } from './feed-log.js';
import { isFeedStop } from './feed-report.js';
import { Grammar, type Message } from './text/grammar.js';
import { Random } from './text/random.js';

/** Arguments: address, messages per second, seed. */
const [url = '', rateText, seedText] = process.argv.slice(2);
const rate = Number(rateText);
const seed = Number(seedText);

/** In milliseconds. */
const REPORT_EVERY_MS = 100;
const PREDICT_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** After a pause of the process or the connection the feed continues from now; it catches up at most this much. */
const CATCH_UP_SECONDS = 0.25;

const stop = new AbortController();
let waitMs = 0;
process.on('message', (word: unknown) => {
  if (!isFeedStop(word)) return;
  waitMs = word.waitMs;
  stop.abort();
});
// Nobody watches any more, so there is nobody to report to.
process.on('disconnect', () => process.exit());

const log = new FeedLog();
const client = connect(url, {
  timeoutMs: PREDICT_TIMEOUT_MS,
  reconnectMaxMs: 1_000,
  // The demo's hub asks for a token when TICKCAST_TOKEN_FILE is set.
  token: process.env.TICKCAST_TOKEN || undefined,
});
const reports = setInterval(report, REPORT_EVERY_MS);
try {
  await client.ready({ timeoutMs: CONNECT_TIMEOUT_MS, signal: stop.signal });
  await emitMessages();
  await untilAnswered();
} catch (cause) {
  if (!stop.signal.aborted) {
    process.stderr.write(`${messageOf(cause)}\n`);
    process.exitCode = 1;
  }
} finally {
  // Rejects open requests; the rejections are settled before the last report.
  client.close();
  await delay(0);
  clearInterval(reports);
  if (process.connected) process.send?.(log.take(client.state), () => process.disconnect());
}

/** Messages arrive independently of one another, `rate` per second on average, until the feed is told to stop. */
async function emitMessages(): Promise<void> {
  const grammar = new Grammar(seed);
  const gaps = new Random(seed + 1);
  // Time in the messages' world counts messages, so that a seed always gives the same ones, however loaded the machine.
  let storySeconds = 0;
  const started = performance.now() / 1000;
  let offset = 0;
  while (!stop.signal.aborted) {
    const now = performance.now() / 1000 - started;
    if (client.state !== 'connected') offset = Math.max(offset, now - storySeconds);
    offset = Math.max(offset, now - storySeconds - CATCH_UP_SECONDS);
    while (client.state === 'connected' && storySeconds + offset <= now) {
      void ask(client, grammar.next(storySeconds));
      storySeconds += gaps.wait(rate);
    }
    const restMs = Math.min(Math.max(1, (storySeconds + offset - now) * 1000), REPORT_EVERY_MS);
    await delay(restMs, undefined, { signal: stop.signal }).catch(() => {});
  }
}

async function ask(hub: TickcastClient, message: Message): Promise<void> {
  const from = performance.now();
  log.sent();
  try {
    const answer = await hub.predict(message.text, { stream: streamNameOf(message.topic, 'demo') });
    log.answered(message, answer, performance.now() - from);
  } catch (cause) {
    if (isTickcastError(cause)) log.failed(cause.code, cause.message);
    else log.failed('UNKNOWN', String(cause));
  }
}

async function untilAnswered(): Promise<void> {
  const until = performance.now() + waitMs;
  while (log.open > 0 && performance.now() < until) await delay(5);
}

function report(): void {
  // False when the watching process does not keep up; its own death ends this process.
  if (process.connected) process.send?.(log.take(client.state));
}
