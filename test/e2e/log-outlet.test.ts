/** The log of a hub whose reader is slow, stuck, gone or full: predictions continue, and the hub drains. */

import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { type StuckHub, startStuckHub } from '../support/stuck-output.js';
import { until, within } from '../support/until.js';

/** Each makes two lines, of 450 bytes together: more than a pipe and the hub's own bound hold. */
const REQUESTS = 3500;
const FEW = 500;

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Requests with a line, and those reported as dropped. */
function told(text: string): { written: number; dropped: number } {
  const written = lines(text).filter((line) => /\/predict|\/nowhere/.test(line)).length;
  const dropped = [...text.matchAll(/"dropped":(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  return { written, dropped };
}

function readAll(stream: Readable): { text: string } {
  const read = { text: '' };
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    read.text += chunk;
  });
  return read;
}

async function endInOrder({ child, exited }: StuckHub): Promise<void> {
  child.kill('SIGTERM');
  expect(await within('it drains', exited)).toBe(0);
}

test('a pipe that nobody reads: all is answered, and the hub drains', async () => {
  const hub = await startStuckHub(['--log-format', 'pretty'], ['ignore', 'pipe', 'inherit']);
  expect(await hub.predict(REQUESTS)).toBe(REQUESTS);
  await endInOrder(hub);
});

test.each(['json', 'pretty'])(
  'a pipe that is read again, %s: lines written and dropped are the lines made',
  async (format) => {
    const hub = await startStuckHub(['--log-format', format], ['ignore', 'pipe', 'inherit']);
    expect(await hub.predict(REQUESTS)).toBe(REQUESTS);
    const read = readAll(hub.child.stdout as Readable);
    await until('the gap is told', () => read.text.includes('"dropped":'));
    expect(await hub.predict(10)).toBe(10);
    await endInOrder(hub);
    await until('the end is read', () => read.text.includes('drained'));

    const { written, dropped } = told(read.text);
    expect(written + dropped).toBe(2 * (REQUESTS + 10));
    expect(dropped).toBeGreaterThan(0);
    expect(lines(read.text).at(-1)).toContain('drained');
  },
);

test('a pipe whose reader has gone: all is answered, and the hub drains', async () => {
  const hub = await startStuckHub([], ['ignore', 'pipe', 'inherit']);
  hub.child.stdout?.destroy();
  expect(await hub.predict(FEW)).toBe(FEW);
  await endInOrder(hub);
});

test('standard output and error are closed from the start', async () => {
  const hub = await startStuckHub([], 'ignore', (node) => ['sh', '-c', `exec ${node.join(' ')} >&- 2>&-`]);
  expect(await hub.predict(200)).toBe(200);
  await endInOrder(hub);
});

test.skipIf(!existsSync('/dev/full'))('a disk that is full: all is answered, and the hub drains', async () => {
  const full = await open('/dev/full', 'w');
  onTestFinished(() => full.close());
  const hub = await startStuckHub([], ['ignore', full.fd, full.fd]);
  expect(await hub.predict(FEW)).toBe(FEW);
  await endInOrder(hub);
});

test('a file: every line is there, in order, the last one too', async () => {
  const hub = await startStuckHub([], 'ignore', (node, folder) => [
    'sh',
    '-c',
    `exec ${node.join(' ')} >> ${join(folder, 'log.jsonl')}`,
  ]);
  expect(await hub.predict(FEW)).toBe(FEW);
  const file = await open(join(hub.folder, 'log.jsonl'));
  onTestFinished(() => file.close());
  await endInOrder(hub);

  const entries = lines(await readFile(file, 'utf8')).map((line) => JSON.parse(line) as { msg: string; time: string });
  expect(entries.filter(({ msg }) => msg === 'http')).toHaveLength(2 * FEW);
  expect(entries.map(({ time }) => time)).toEqual(entries.map(({ time }) => time).sort());
  expect([entries[0], entries.at(-1)].map((entry) => entry?.msg)).toEqual(['model ready', 'drained']);
});

/**
 * `script` reads a terminal as long as its own output is read. The outer shell ends with the terminal, as a person's
 * does; the inner one remains to record how the hub ended.
 */
function inTerminal(node: readonly string[], folder: string): readonly string[] {
  const inner = `trap "" HUP; ${node.join(' ')} & echo $! > ${folder}/pid; wait $!; echo $? > ${folder}-code`;
  return ['script', '-qec', `sh -c '${inner}'; true`, '/dev/null'];
}

async function codeOf({ folder }: StuckHub): Promise<string> {
  const path = `${folder}-code`;
  await until('the hub has ended', () => existsSync(path));
  return (await readFile(path, 'utf8')).trim();
}

const noTerminal = !process.env.CI && !existsSync('/usr/bin/script');

test.skipIf(noTerminal)('a terminal that shows nothing more: all is answered, and the hub drains', async () => {
  const hub = await startStuckHub([], ['ignore', 'pipe', 'inherit'], inTerminal);
  onTestFinished(() => void hub.child.kill('SIGKILL'));
  expect(await hub.predict(REQUESTS)).toBe(REQUESTS);
  process.kill(Number(await readFile(join(hub.folder, 'pid'), 'utf8')), 'SIGTERM');
  expect(await codeOf(hub)).toBe('0');
});

test.skipIf(noTerminal)('a terminal that is closed: the hub drains', async () => {
  const hub = await startStuckHub([], ['ignore', 'pipe', 'inherit'], inTerminal);
  expect(await hub.predict(10)).toBe(10);
  hub.child.kill('SIGKILL');
  expect(await codeOf(hub)).toBe('0');
});
