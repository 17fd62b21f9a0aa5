import { expect, test } from 'vitest';
import { faultsOf, Oracle, sumOf } from '../../../../bench/chaos/clients/oracle.js';

/** An oracle for requests 0, 1 and 2 with the values 10, 11, 12. */
function asked(): Oracle {
  const oracle = new Oracle();
  for (const expected of [10, 11, 12]) oracle.ask(expected);
  return oracle;
}

test('what is answered, refused and cut by our doing adds up to what was sent, and is no fault', () => {
  const oracle = asked();
  oracle.answer(1, 11);
  oracle.refuse(0, 'OVERLOADED');
  oracle.cut(2, true);

  const account = oracle.close();
  expect(account).toEqual({ sent: 3, answered: 1, refused: { OVERLOADED: 1 }, cut: 1, lost: 0, twice: 0, wrong: 0 });
  expect(faultsOf(account)).toEqual([]);
  expect(oracle.faults).toEqual([]);
});

test('a request that is never answered is lost', () => {
  const oracle = asked();
  oracle.answer(0, 10);
  oracle.answer(1, 11);

  expect(faultsOf(oracle.close())).toEqual(['1 lost']);
  expect(oracle.faults).toEqual(['request 2 was never answered']);
});

test('a request whose connection ends while the hub is to be up is lost', () => {
  const oracle = asked();
  for (const number of [0, 1, 2]) oracle.cut(number, number === 0);

  expect(oracle.close()).toMatchObject({ cut: 1, lost: 2 });
});

test.each([
  ['a second answer', (oracle: Oracle) => oracle.answer(0, 10)],
  ['a refusal after the answer', (oracle: Oracle) => oracle.refuse(0, 'INTERNAL')],
])('%s is counted as twice, also when it says the same', (_title, again) => {
  const oracle = asked();
  for (const [number, value] of [10, 11, 12].entries()) oracle.answer(number, value);
  again(oracle);

  expect(faultsOf(oracle.close())).toEqual(['1 twice']);
});

test.each([
  ["another request's value", 11],
  ['a value in another form', [10]],
  ['no value', undefined],
])('%s is wrong', (_title, value) => {
  const oracle = asked();
  oracle.answer(0, value);
  oracle.answer(1, 11);
  oracle.answer(2, 12);

  const account = oracle.close();
  expect(account).toMatchObject({ answered: 3, wrong: 1 });
  expect(faultsOf(account)).toEqual(['1 wrong']);
});

test.each([[3], [-1], [0.5], [Number.NaN]])('an answer to request %d, which was never sent, is wrong', (number) => {
  const oracle = asked();
  oracle.answer(number, 10);
  for (const [sent, value] of [10, 11, 12].entries()) oracle.answer(sent, value);

  expect(faultsOf(oracle.close())).toEqual(['1 wrong']);
});

test('an answer out of order is wrong although its value is right', () => {
  const oracle = asked();
  oracle.outOfOrder(1);
  for (const [number, value] of [10, 11, 12].entries()) oracle.answer(number, value);

  expect(faultsOf(oracle.close())).toEqual(['1 wrong']);
});

test('accounts add up, codes too, and one that does not balance is a fault', () => {
  const [a, b] = [asked(), asked()];
  for (const number of [0, 1, 2]) a.refuse(number, 'OVERLOADED');
  b.refuse(0, 'OVERLOADED');
  b.refuse(1, 'DRAINING');
  b.answer(2, 12);

  const sum = sumOf([a.close(), b.close()]);
  expect(sum).toMatchObject({ sent: 6, answered: 1, refused: { OVERLOADED: 4, DRAINING: 1 } });
  expect(faultsOf(sum)).toEqual([]);
  expect(faultsOf({ ...sum, answered: 0 })).toEqual(['6 sent and 5 settled']);
});
