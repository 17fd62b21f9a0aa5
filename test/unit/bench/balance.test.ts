import { expect, test } from 'vitest';
import { readTries } from '../../../bench/balance/access-log.js';
import type { KindFigures } from '../../../bench/balance/load.js';
import { formOf } from '../../../bench/balance/options.js';
import type { SceneFigures, Step } from '../../../bench/balance/scenes.js';
import { mostOfRoll, targetsOf } from '../../../bench/balance/targets.js';

const CLEAN = { exitCode: 0, accepted: 9, settled: 9, refused: 0, abandoned: 0, tookMs: 1 };

function kind(name: KindFigures['kind'], figures: Partial<KindFigures> = {}): KindFigures {
  const none = { wrong: 0, failed: 0, lost: 0, repeated: 0, failures: {}, losses: [[], []] };
  return { kind: name, callers: 2, asked: 10, right: 10, ...none, ...figures };
}

const loss = (at: number, socket?: string) => ({ at, socket, reason: 'transport close' });
const step = (from: number, hub: number, drain = CLEAN): Step => ({ what: '', from, hubs: [hub], drains: [drain] });

function scene(figures: Partial<SceneFigures> = {}): SceneFigures {
  const kinds = [kind('REST, kept connection'), kind('SDK, polling'), kind('plain, both')];
  return { name: 'rolling restart', seconds: 1, steps: [step(0, 0), step(10, 1), step(20, 2)], kinds, ...figures };
}

/** Names of the missed targets. Connection `a1` was to hub 0, `b1` to hub 1. */
function missed(one: SceneFigures, linesWithQuery = 0): string[] {
  const hubOf = (socket: string) => ['a', 'b', 'c'].indexOf(socket.charAt(0));
  return targetsOf([one], hubOf, linesWithQuery).flatMap(({ name, isMet }) =>
    isMet ? [] : [name.replace(/^.*: /, '')],
  );
}

test('nothing lost meets every target, a connection for each hub that is replaced too', () => {
  const moved = kind('plain, both', { losses: [[loss(5, 'a1'), loss(15, 'b1')], [loss(25, 'c1')]] });

  expect(missed(scene({ kinds: [...scene().kinds, moved] }))).toEqual([]);
  expect(mostOfRoll(scene({ kinds: [moved] }), 3)).toBe(2);
  expect(mostOfRoll(scene({ kinds: [moved] }), 2)).toBe(2);
});

test.each<[string, Partial<KindFigures>, string]>([
  ['REST, kept connection', { failed: 1 }, 'REST requests failed, lost or wrong'],
  ['REST, predictOverHttp', { repeated: 1 }, 'REST requests that were made again'],
  ['SDK, WebSocket', { lost: 1 }, 'SDK requests failed, lost or wrong'],
  ['SDK, WebSocket', { losses: [[loss(1)]] }, 'connections that SDK clients lost'],
  ['plain, polling', { wrong: 1 }, 'plain requests failed, lost or wrong'],
  [
    'plain, polling',
    { losses: [[loss(1, 'a1'), loss(2, 'a2')]] },
    'most connections that a plain client lost while a hub was replaced',
  ],
  ['plain, polling', { losses: [[loss(-1, 'a1')]] }, 'connections of plain clients lost without such a reason'],
  ['plain, polling', { losses: [[loss(1, 'b1')]] }, 'connections of plain clients lost without such a reason'],
])('a rolling restart in which %s has %j misses one target', (name, figures, target) => {
  const kinds = [...scene().kinds, kind(name as KindFigures['kind'], figures)];

  expect(missed(scene({ kinds }))).toEqual([target]);
});

test.each([{ exitCode: 1 }, { refused: 1 }, { abandoned: 1 }, { settled: 8 }, { accepted: Number.NaN }])(
  'a drain that ends with %j misses one target',
  (figure) => {
    expect(missed(scene({ steps: [step(0, 0, { ...CLEAN, ...figure })] }))).toEqual([
      'drains with another exit code than 0, or requests refused or abandoned',
    ]);
  },
);

test('a replacement of all hubs may cost one connection, reloads one in all, and a line with a query is none too few', () => {
  const twice = [...scene().kinds, kind('plain, both', { losses: [[loss(5, 'a1'), loss(15, 'b1')]] })];

  expect(missed(scene({ name: 'replacement', kinds: twice }))).toEqual([
    'most connections that a plain client lost in all',
  ]);
  expect(missed(scene({ name: 'reload', kinds: twice, steps: [] }))).toEqual([
    'most connections that one SDK or plain client lost in all',
  ]);
  expect(missed(scene(), 1)).toEqual(['access lines with a query']);
});

test('the access log tells which requests were passed on, and what should not be in it', () => {
  const line = (path: string, hubStatus: string): string => JSON.stringify({ path, hubStatus });
  const lines = [
    line('/socket.io/', '200'),
    line('/socket.io/', '404, 200'),
    line('/socket.io/', '101'),
    line('/predict', '502, 200'),
    line('/?token=a', '200'),
  ];

  expect(readTries(lines)).toEqual({
    polls: 2,
    atOnce: 1,
    next: { '/socket.io/ 404, 200': 1, '/predict 502, 200': 1 },
    linesWithQuery: 1,
  });
});

test('the full form restarts three times and waits for old workers; the short one does neither', () => {
  expect(formOf(false)).toMatchObject({ rolls: 3, reloads: 10, awaitOldWorkers: true });
  expect(formOf(true)).toMatchObject({ rolls: 1, reloads: 10, awaitOldWorkers: false });
});
