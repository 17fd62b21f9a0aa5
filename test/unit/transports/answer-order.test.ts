import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerOrder } from '../../../server/transports/socketio/answer-order.js';

test('answers to one model leave in request order whatever order they come in', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }), (finish) => {
      const order = new AnswerOrder();
      const sent: number[] = [];
      const places = finish.map(() => order.enter('m'));

      for (const index of finish) places[index]?.(() => sent.push(index));

      expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }),
  );
});

test('a slow model does not hold up another', () => {
  const order = new AnswerOrder();
  const sent: string[] = [];
  order.enter('slow');
  const fast = order.enter('fast');

  fast(() => sent.push('fast'));

  expect(sent).toEqual(['fast']);
});
