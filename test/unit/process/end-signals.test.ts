import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { type EndSignal, onEndSignals } from '../../../server/end-signals.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

function setUp() {
  const clock = new ManualClock();
  const source = new EventEmitter();
  const told: string[] = [];
  onEndSignals(source, clock, { first: (signal) => told.push(signal), again: () => told.push('again') });
  return { clock, source, told };
}

test.each<EndSignal>(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s ends in order, and once more at once', (signal) => {
  const { clock, source, told } = setUp();
  source.emit(signal);
  clock.advance(101);
  source.emit(signal);

  expect(told).toEqual([signal, 'again']);
});

test('what comes with the first, of whatever kind, is the same signal; nothing else is listened to', () => {
  const { clock, source, told } = setUp();
  source.emit('SIGINT');
  source.emit('SIGINT');
  clock.advance(100);
  source.emit('SIGTERM');
  expect(told).toEqual(['SIGINT']);
  clock.advance(5000);
  source.emit('SIGHUP');

  expect(told).toEqual(['SIGINT', 'again']);
  expect(source.eventNames()).toEqual(['SIGTERM', 'SIGINT', 'SIGHUP']);
});
