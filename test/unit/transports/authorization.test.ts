import { describe, expect, test } from 'vitest';
import { grantOf } from '../../../server/access/scopes.js';
import { Authorization } from '../../../server/transports/authorization.js';
import { wireError } from '../../../shared/errors.js';
import { parsePredict } from '../../../shared/parse.js';

const MODELS = ['mood', 'topic', 'acme-mood'];
/** As a catalogue whose default is `mood`. */
const catalogue = {
  standard: (sees: (name: string) => boolean) => {
    const seen = MODELS.filter(sees);
    return seen.includes('mood') ? 'mood@1' : seen.length === 1 ? `${seen[0]}@1` : undefined;
  },
};

function holderOf(...scopes: string[]) {
  const authorization = new Authorization(grantOf(scopes), catalogue);
  const ask = (request: { model?: string; stream?: string } = {}) => {
    const parsed = parsePredict({ input: [1], ...request });
    if (!parsed.ok) throw new Error(parsed.error.message);
    const asked = authorization.predict(parsed.value);
    return asked.ok ? (asked.value.model ?? 'default') : asked.error;
  };
  return { authorization, ask };
}

describe('predict:NAME', () => {
  test('asks for its models only, in any version; a model that is not there and one of others read the same', () => {
    const { ask } = holderOf('predict:acme-*', 'predict:topic');
    expect(ask({ model: 'acme-mood' })).toBe('acme-mood');
    expect(ask({ model: 'topic@3' })).toBe('topic@3');
    const [others, nobodys] = [ask({ model: 'mood' }), ask({ model: 'nope' })];
    expect(others).toMatchObject({ code: 'FORBIDDEN', message: /does not reach the model "mood"/ });
    expect(JSON.stringify(nobodys)).toBe(JSON.stringify(others).replace('mood', 'nope'));
  });

  test('without a model it gets the default where it may, its only one otherwise, or is told to name one', () => {
    expect(holderOf('predict').ask()).toBe('default');
    expect(holderOf('predict:mood', 'predict:topic').ask()).toBe('mood@1');
    expect(holderOf('predict:topic').ask()).toBe('topic@1');
    expect(holderOf('predict:topic', 'predict:acme-*').ask()).toMatchObject({ code: 'FORBIDDEN', message: /name one/ });
    expect(holderOf('predict:none').ask()).toMatchObject({ code: 'FORBIDDEN' });
  });
});

test('publish:NAME publishes to its streams only', () => {
  const { ask } = holderOf('predict', 'publish:acme/*');
  expect(ask({ stream: 'acme/1' })).toBe('default');
  expect(ask({ stream: 'b/1' })).toMatchObject({ code: 'FORBIDDEN', message: /scope publish .*stream "b\/1"/ });
});

test('subscribe:NAME views its streams only', () => {
  const { authorization } = holderOf('subscribe:acme/*');
  expect(['acme/1', 'b/1'].map(authorization.seesStream)).toEqual([true, false]);
  expect([authorization.view(), authorization.view('acme/1')]).toEqual([undefined, undefined]);
  expect(authorization.view('b/1')).toMatchObject({ code: 'FORBIDDEN' });
});

test.each([
  [['predict', 'subscribe'], MODELS, false],
  [['subscribe'], MODELS, false],
  [['predict'], MODELS, false],
  [['predict:mood'], ['mood'], true],
  [['predict:mood', 'subscribe'], ['mood'], true],
  [['subscribe:acme/*'], [], true],
  [['predict', 'publish:acme/*'], MODELS, false],
  [['predict:mood', 'admin'], MODELS, false],
  [['publish'], [], false],
])('%j is shown the models %j', (scopes, models, isLimited) => {
  const { authorization } = holderOf(...scopes);
  expect(MODELS.filter(authorization.seesModel)).toEqual(models);
  expect(authorization.isLimited).toBe(isLimited);
});

test('errors that name what others have are told without the names', () => {
  const found = wireError('MODEL_NOT_FOUND', 'there is no model x; the models are mood, topic');
  const conflict = wireError('STREAM_CONFLICT', 'stream "a" carries predictions of topic');
  const busy = wireError('OVERLOADED', 'the queue is full', 5);
  const { authorization } = holderOf('predict:acme-*');
  expect(authorization.shown(found).message).not.toMatch(/mood|topic/);
  expect(authorization.shown(conflict).message).not.toMatch(/topic/);
  expect(authorization.shown(busy)).toBe(busy);
  expect(holderOf('predict').authorization.shown(found)).toBe(found);
});
