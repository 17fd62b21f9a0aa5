import { expect, test } from 'vitest';
import { REPEAT_WINDOW, RepeatWindow } from '../../../client/streams/repeat-window.js';
import { ValueBuffer } from '../../../client/streams/value-buffer.js';
import { item } from './stream-fixtures.js';

test('keeps the order and the count through any mix of pushing and taking', () => {
  const buffer = new ValueBuffer<number, number>(100);
  const model: number[] = [];

  for (let i = 0; i < 5_000; i++) {
    if ((i * 7919) % 13 < 7) {
      const dropped = buffer.push(i, i);
      model.push(i);
      expect(dropped).toBe(model.length > 100 ? model.shift() : undefined);
    } else {
      expect(buffer.shift()).toBe(model.shift());
    }
    expect(buffer.size).toBe(model.length);
    expect(buffer.note).toBe(model[0]);
  }
});

test('is crowded from half full until it is down to a quarter', () => {
  const buffer = new ValueBuffer<number, number>(8);
  const crowded: boolean[] = [];
  for (let i = 0; i < 5; i++) {
    buffer.push(i, i);
    crowded.push(buffer.crowded);
  }
  while (buffer.shift() !== undefined) crowded.push(buffer.crowded);

  expect(crowded).toEqual([false, false, false, true, true, true, true, false, false, false]);
});

test('remembers the last items only, and takes the newest of them for repeats', () => {
  const repeats = new RepeatWindow();
  for (let id = 0; id <= REPEAT_WINDOW; id++) expect(repeats.repeats(item(1, { id }))).toBe(false);

  expect(repeats.size).toBe(REPEAT_WINDOW);
  expect(repeats.repeats(item(1, { id: REPEAT_WINDOW }))).toBe(true);
  expect(repeats.repeats(item(1, { id: 0 }))).toBe(false);
});

test('never takes an item without an id for a repeat, and remembers nothing of it', () => {
  const repeats = new RepeatWindow();

  expect([repeats.repeats(item(1)), repeats.repeats(item(1))]).toEqual([false, false]);
  expect(repeats.size).toBe(0);
});
