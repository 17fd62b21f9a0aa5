import { expect, test } from 'vitest';
import { CASES, judgeIndex } from '../../../bench/autobahn/verdict.js';

type Report = { behavior: string; behaviorClose: string };

function indexOf(changes: Readonly<Record<string, Report>> = {}, cases = CASES): unknown {
  const good = Array.from({ length: cases }, (_, at) => [`6.${at}`, { behavior: 'OK', behaviorClose: 'OK' }]);
  return { tickcast: { ...Object.fromEntries(good), ...changes } };
}

test('every case passed, strictly or as the RFC leaves open: the verdict is met', () => {
  const open = { behavior: 'NON-STRICT', behaviorClose: 'INFORMATIONAL' };

  expect(judgeIndex(indexOf())).toEqual({ cases: CASES, behaviours: { OK: CASES }, failures: [], isMet: true });
  expect(judgeIndex(indexOf({ '6.0': open }))).toMatchObject({ behaviours: { 'NON-STRICT': 1 }, isMet: true });
});

test.each([
  ['a message handled wrongly', { behavior: 'FAILED', behaviorClose: 'OK' }, '6.3: FAILED, close OK'],
  ['a close handled wrongly', { behavior: 'OK', behaviorClose: 'UNCLEAN' }, '6.3: OK, close UNCLEAN'],
  ['a case that did not run', { behavior: 'UNIMPLEMENTED', behaviorClose: 'OK' }, '6.3: UNIMPLEMENTED, close OK'],
])('%s is named, and the verdict is not met', (_title, report, failure) => {
  expect(judgeIndex(indexOf({ '6.3': report }))).toMatchObject({ failures: [failure], isMet: false });
});

test('cases that are missing fail the verdict even when all others passed', () => {
  expect(judgeIndex(indexOf({}, CASES - 1))).toMatchObject({ failures: [], isMet: false });
  expect(judgeIndex({})).toMatchObject({ cases: 0, isMet: false });
  expect(judgeIndex(undefined)).toMatchObject({ cases: 0, isMet: false });
});
