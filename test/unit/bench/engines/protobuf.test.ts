import { expect, test } from 'vitest';
import { field, floatField, integerField } from '../../../../bench/engines/models/protobuf.js';

test('the bytes are those of protobuf', () => {
  expect([...integerField(1, 0)]).toEqual([0x08, 0]);
  expect([...integerField(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect([...integerField(1, -1)]).toEqual([0x08, ...Array(9).fill(0xff), 0x01]);
  expect([...integerField(20, 1)]).toEqual([0xa0, 0x01, 1]);
  expect([...field(2, 'testing')]).toEqual([0x12, 7, ...new TextEncoder().encode('testing')]);
  expect([...floatField(2, 1)]).toEqual([0x15, 0, 0, 0x80, 0x3f]);
});
