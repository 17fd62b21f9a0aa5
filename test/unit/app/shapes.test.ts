import { expect, test } from 'vitest';
import { brokerProblem, doorProblem, tapProblem } from '../../../server/app/seams/shapes.js';

const act = (): void => undefined;
const DOOR = { name: 'own', connections: 0, open: act, close: act };
const BROKER = { now: act, follow: act, open: act, isOwn: act, close: act };

test('what has all that its seam needs has no problem', () => {
  class Counting {
    readonly name = 'counting';
    predicted(): void {}
  }

  expect(tapProblem(new Counting())).toBeUndefined();
  expect(doorProblem({ ...DOOR, goaway: act, more: 1 })).toBeUndefined();
  expect(brokerProblem(BROKER)).toBeUndefined();
});

test.each([
  [tapProblem, undefined, 'is nothing, expected an object with a name and callbacks'],
  [tapProblem, {}, 'name is nothing, expected a text'],
  [tapProblem, { name: 'own', predicted: 7 }, 'predicted is 7, expected a function or nothing'],
  [doorProblem, act, 'is a function, expected an object with name, connections, open and close'],
  [
    doorProblem,
    { ...DOOR, name: 'My door' },
    'name is "My door", expected at most 32 lower-case letters, digits and "-", a letter first',
  ],
  [
    doorProblem,
    { ...DOOR, connections: undefined },
    'connections is nothing, expected the number of open connections, 0 for a door without',
  ],
  [doorProblem, { ...DOOR, close: undefined }, 'close is nothing, expected a function'],
  [doorProblem, { ...DOOR, seeOff: true }, 'seeOff is true, expected a function or nothing'],
  [brokerProblem, null, 'is null, expected an object with now, follow, open, isOwn, close'],
  [brokerProblem, { ...BROKER, isOwn: undefined }, 'isOwn is nothing, expected a function'],
])('%o says of %o that it %s', (problemOf, value, problem) => {
  expect(problemOf(value)).toBe(problem);
});
