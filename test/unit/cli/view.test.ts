import { expect, test } from 'vitest';
import { type Answer, errorLine, jsonLine, tableRows } from '../../../cli/predict/view.js';

const model = 'm@1';
const answer = (prediction: object, line: number | undefined = 3, text = 'a day'): Answer => ({
  line,
  text,
  outcome: { ok: true, prediction: { model, prediction: [], ...prediction } },
});
const REFUSED: Answer = {
  line: 7,
  text: 'x\u001b[2Jy',
  outcome: { ok: false, error: { code: 'INVALID_INPUT', message: 'wrong', retryable: false } },
};

test('a JSON line has the number of its line, and no receipt', () => {
  const given = { prediction: [0.25, 0.75], label: 'good', score: 0.75, timing: { totalUs: 1 } };
  expect(jsonLine(answer(given))).toBe('{"line":3,"prediction":[0.25,0.75],"model":"m@1","label":"good","score":0.75}');
  expect(jsonLine({ ...answer({ prediction: [1] }), line: undefined })).toBe('{"prediction":[1],"model":"m@1"}');
  expect(jsonLine(REFUSED)).toBe('{"line":7,"error":{"code":"INVALID_INPUT","message":"wrong","retryable":false}}');
});

test('a table has label, score and text, one row for each label', () => {
  expect(tableRows(answer({ label: 'good', score: 0.75 }))).toEqual(['good             0.750  a day']);
  expect(tableRows(answer({ label: ['good', 'bad'], score: [0.75, 0.5] }))).toEqual([
    'good             0.750  a day',
    'bad              0.500  a day',
  ]);
});

test('without labels it has the numbers, few and short', () => {
  expect(tableRows(answer({ prediction: [1 / 3, 2] }))).toEqual(['[0.3333,2]  a day']);
  expect(tableRows(answer({ prediction: Array.from({ length: 9 }, (_, i) => i) }))).toEqual([
    '[0,1,2,3,4,5,"and 3 more"]  a day',
  ]);
  expect(tableRows(answer({ prediction: { y: [1] } }, 1, 'z'.repeat(200)))[0]).toBe(`{"y":[1]}  ${'z'.repeat(100)}…`);
});

test('an error has its code in the table and its line in words; nothing commands the terminal', () => {
  expect(tableRows(REFUSED)[0]).toMatch(/^INVALID_INPUT {9} {2}x/);
  expect(tableRows(REFUSED)[0]).not.toContain('\u001b');
  expect(errorLine(REFUSED)).toBe('line 7: INVALID_INPUT: wrong');
  expect(errorLine({ ...REFUSED, line: undefined })).toBe('INVALID_INPUT: wrong');
  expect(errorLine(answer({}))).toBeUndefined();
});
