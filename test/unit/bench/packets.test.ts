import { expect, test } from 'vitest';
import {
  END_ID,
  FIRST_ID,
  packetKind,
  predictionId,
  predictionValues,
  RequestFrame,
} from '../../../bench/load/packets.js';

const packet = (text: string): [Buffer, number, number] => {
  // Bytes before and behind, as in a chunk of several frames.
  const bytes = Buffer.from(`xx${text}"id":777`);
  return [bytes, 2, bytes.length - 8];
};

test('a request carries the id that it was given last', () => {
  const frame = new RequestFrame([0.5, -0.25]);
  const header = 6;
  for (const id of [FIRST_ID, 123_456_789, END_ID - 1]) {
    frame.setId(id);
    expect(frame.bytes.toString('utf8', header)).toBe(`42["predict",{"input":[0.5,-0.25],"id":${id}}]`);
  }
});

test.each([
  ['0{"sid":"a"}', 'open'],
  ['40{"sid":"a"}', 'connected'],
  ['2', 'ping'],
  ['42["hello",{}]', 'hello'],
  ['42["prediction",{"id":1}]', 'prediction'],
  ['42["prediction_error",{"id":1}]', 'other'],
  ['42["predictions",{}]', 'other'],
  ['41', 'other'],
  ['42["pred', 'other'],
])('%s is of kind %s', (text, kind) => {
  expect(packetKind(...packet(text))).toBe(kind);
});

test('the id of an answer is found wherever it stands, and not in the bytes behind', () => {
  expect(predictionId(...packet('42["prediction",{"id":123456789,"n":0}]'))).toBe(123456789);
  expect(predictionId(...packet('42["prediction",{"n":0,"id":42}]'))).toBe(42);
  expect(predictionId(...packet('42["prediction",{"n":0}]'))).toBe(-1);
  expect(predictionId(...packet('42["prediction",{"id":"a"}]'))).toBe(-1);
});

test('the numbers of an answer are read flat or nested, and nothing else is taken for numbers', () => {
  expect(predictionValues(...packet('42["prediction",{"id":1,"prediction":[0.5,0.25]}]'))).toEqual([0.5, 0.25]);
  expect(predictionValues(...packet('42["prediction",{"id":1,"prediction":[[0.5,0.25]]}]'))).toEqual([0.5, 0.25]);
  expect(predictionValues(...packet('42["prediction",{"id":1,"prediction":["a"]}]'))).toBeUndefined();
  expect(predictionValues(...packet('42["prediction",{"id":1}]'))).toBeUndefined();
});
