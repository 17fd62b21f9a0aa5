import { expect, test } from 'vitest';
import { LogOutlet } from '../../../server/observe/log-outlet.js';
import type { LogSink } from '../../../server/observe/log-sink.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

/** A reader controlled by the test. */
class PuppetSink implements LogSink {
  readonly writes: { bytes: Buffer; done: (takenBytes: number, error?: Error | null) => void }[] = [];
  taken = '';
  writeCount = 0;

  write(bytes: Buffer, done: (takenBytes: number, error?: Error | null) => void): void {
    this.writeCount += 1;
    this.writes.push({ bytes: Buffer.from(bytes), done });
  }

  writeLast(bytes: Buffer): void {
    this.taken += bytes.toString();
  }

  /** Completes the open write, with all or some of its bytes taken. */
  take(bytes?: number, error?: Error): void {
    const write = this.writes.shift();
    if (write === undefined) throw new Error('nothing is being written');
    const takenBytes = bytes ?? write.bytes.length;
    this.taken += write.bytes.subarray(0, takenBytes).toString();
    write.done(takenBytes, error);
  }

  takeAll(): void {
    while (this.writes.length > 0) this.take();
  }
}

function setUp(maxBytes: number) {
  const clock = new ManualClock();
  const sink = new PuppetSink();
  let formatted = 0;
  const format = (line: string): string => {
    formatted += 1;
    return `${line}\n`;
  };
  const note = (dropped: number): string => `dropped ${dropped}\n`;
  const outlet = new LogOutlet({ sink, clock, format, note, maxBytes });
  return { clock, sink, outlet, formatted: () => formatted, lines: () => sink.taken.split('\n').slice(0, -1) };
}

const FULL = new Error('ENOSPC');

test('the lines of one turn are one write, and those that come during a write the next', () => {
  const { clock, sink, outlet } = setUp(100);
  outlet.write('one');
  outlet.write('two');
  expect(sink.writeCount).toBe(0);
  clock.turn();
  outlet.write('three');
  clock.turn();
  expect(sink.writeCount).toBe(1);
  sink.takeAll();

  expect(sink.taken).toBe('one\ntwo\nthree\n');
  expect(sink.writeCount).toBe(2);
});

test('nobody reads: what is kept is bounded, the rest is counted and not even made; one line tells when there is room', () => {
  const { clock, sink, outlet, formatted, lines } = setUp(50);
  for (let i = 0; i < 1000; i++) {
    outlet.write(`line ${i}`);
    clock.turn();
  }
  const made = formatted();
  expect(made).toBeLessThan(10);
  expect(sink.writeCount).toBe(1);
  sink.takeAll();
  outlet.write('after');
  clock.turn();
  sink.takeAll();

  const kept = made - 1;
  expect(lines()).toEqual([...Array.from({ length: kept }, (_, i) => `line ${i}`), `dropped ${1000 - kept}`, 'after']);
});

test('a slow reader: lines written and lines told as dropped are the lines made, in order, over many gaps', () => {
  const { clock, sink, outlet, lines } = setUp(64);
  for (let i = 0; i < 500; i++) {
    outlet.write(String(i));
    clock.turn();
    if (i % 40 === 0 && sink.writes.length > 0) sink.take();
  }
  void outlet.flush(1000);
  clock.turn();
  sink.takeAll();

  let next = 0;
  let gaps = 0;
  for (const line of lines()) {
    const dropped = /^dropped (\d+)$/.exec(line);
    if (dropped === null) expect(Number(line)).toBe(next++);
    else {
      next += Number(dropped[1]);
      gaps += 1;
    }
  }
  expect(next).toBe(500);
  expect(gaps).toBeGreaterThan(3);
});

test('a line longer than all that may wait is dropped and told, and the next is written', () => {
  const { clock, sink, outlet, lines } = setUp(20);
  outlet.write('x'.repeat(30));
  outlet.write('next');
  clock.turn();
  sink.takeAll();

  expect(lines()).toEqual(['dropped 1', 'next']);
});

test('a full disk is tried again once a second, from where it stopped in the middle of a line', () => {
  const { clock, sink, outlet, lines } = setUp(40);
  outlet.write('one');
  outlet.write('two');
  clock.turn();
  sink.take(5, FULL);
  for (let i = 0; i < 20; i++) outlet.write(`more ${i}`);
  clock.advance(999);
  expect(sink.writeCount).toBe(1);
  clock.advance(1);
  sink.take(0, FULL);
  clock.advance(1000);
  expect(sink.writeCount).toBe(3);
  sink.takeAll();
  outlet.write('end');
  clock.turn();
  sink.takeAll();

  expect(lines().slice(0, 3)).toEqual(['one', 'two', 'more 0']);
  const dropped = Number(/\d+/.exec(lines().at(-2) ?? ''));
  expect(lines().length - 2 - 2 + dropped).toBe(20);
  expect(lines().at(-1)).toBe('end');
});

test('a flush waits for the reader, and no longer than it was told', async () => {
  const { clock, sink, outlet } = setUp(100);
  let ended = 0;
  const flushed = (): void => {
    ended += 1;
  };
  outlet.write('one');
  const first = outlet.flush(500).then(flushed);
  clock.advance(499);
  await Promise.resolve();
  expect(ended).toBe(0);
  sink.takeAll();
  await first;
  outlet.write('two');
  const second = outlet.flush(500).then(flushed);
  clock.advance(500);
  await second;
  expect(ended).toBe(2);
  expect(sink.taken).toBe('one\n');
});

test('a flush does not wait for a sink that fails, and tells of dropped lines as the last', async () => {
  const { clock, sink, outlet, lines } = setUp(10);
  outlet.write('one');
  outlet.write('two');
  outlet.write('three');
  clock.turn();
  const flushed = outlet.flush(500);
  sink.take(0, FULL);
  await flushed;
  outlet.flushNow();

  expect(lines()).toEqual(['one', 'two', 'dropped 1']);
});

test('at the very end nothing overtakes a write that has not ended', () => {
  const { clock, sink, outlet } = setUp(100);
  outlet.write('one');
  clock.turn();
  outlet.write('two');
  outlet.flushNow();

  expect(sink.taken).toBe('');
});
