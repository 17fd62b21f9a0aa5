import { expect, test } from 'vitest';
import { LogThrottle, type WriteLine } from '../../../server/observe/log/log-throttle.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

function begin() {
  const clock = new ManualClock();
  const repeats = new LogThrottle(clock);
  const lines: string[] = [];
  const line = (name: string): WriteLine => {
    return (more) => lines.push(more === undefined ? name : `${more.count} more in ${more.withinMs} ms, last ${name}`);
  };
  return { clock, repeats, lines, line };
}

test('the first is told at once, those after it as one with their count, and a quiet span ends it', () => {
  const { clock, repeats, lines, line } = begin();
  for (let i = 0; i < 5000; i++) repeats.tell('flood', line(`a${i}`));
  repeats.tell('other', line('b'));
  expect(lines).toEqual(['a0', 'b']);

  clock.advance(10_000);
  repeats.tell('flood', line('c'));
  clock.advance(10_000);
  clock.advance(10_000);
  repeats.tell('flood', line('d'));

  expect(lines.slice(2)).toEqual(['4999 more in 10000 ms, last a4999', '1 more in 10000 ms, last c', 'd']);
});

test('closing tells what was gathered and leaves no timer', () => {
  const { clock, repeats, lines, line } = begin();
  repeats.tell('flood', line('a'));
  repeats.tell('flood', line('b'));
  repeats.close();
  clock.advance(60_000);

  expect(lines).toEqual(['a', '1 more in 10000 ms, last b']);
  expect(clock.timers).toBe(0);
});
