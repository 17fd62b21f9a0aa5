/**
 * A caller that connects far too often: at each message of the bench, a number of WebSocket upgrades in one second,
 * from its own address. Counts the answers. The load on its core takes precedence: a real flood comes from another
 * machine.
 */

import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { argv } from 'node:process';
import type { FlooderReport, FloodPlan } from './flood-messages.js';

const { port, connects, address }: FloodPlan = JSON.parse(argv[2] ?? '');
/** Per turn, so that the flood is as even as the clock allows. */
const STEP_MS = 1;
const SECOND_MS = 1000;
const REQUEST = Buffer.from(
  [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
    '',
    '',
  ].join('\r\n'),
);

// Runs only when its core is otherwise idle; with a low priority it would still take slices of milliseconds.
execFileSync('chrt', ['--idle', '--all-tasks', '--pid', '0', String(process.pid)], { stdio: 'pipe' });
process.on('message', () => void flood());
process.on('disconnect', () => process.exit(0));

async function flood(): Promise<void> {
  const report: FlooderReport = { kind: 'flooded', seconds: 0, refused: 0, reset: 0, letIn: 0 };
  const startedAt = performance.now();
  const ends: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(connects, ((performance.now() - startedAt) / SECOND_MS) * connects);
      while (ends.length < due) ends.push(attempt(report));
      if (ends.length < connects) return;
      clearInterval(timer);
      resolve();
    }, STEP_MS);
  });
  report.seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(ends);
  process.send?.(report);
}

/** One connection; the first line of the answer is enough. */
function attempt(report: FlooderReport): Promise<void> {
  return new Promise((resolve) => {
    let answer: string | undefined;
    const socket = connect({ port, host: '127.0.0.1', localAddress: address });
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      answer = bytes.toString('latin1', 0, 12);
      socket.destroy();
    });
    socket.once('close', () => {
      if (answer === 'HTTP/1.1 429') report.refused += 1;
      else if (answer === 'HTTP/1.1 101') report.letIn += 1;
      else report.reset += 1;
      resolve();
    });
    socket.write(REQUEST);
  });
}
