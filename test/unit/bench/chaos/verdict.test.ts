import { expect, test } from 'vitest';
import type { Account } from '../../../../bench/chaos/clients/oracle.js';
import { ResidentMemory } from '../../../../bench/chaos/hub/resident-memory.js';
import { knownMissOf, type Measured, missesOf } from '../../../../bench/chaos/measure-verdict.js';
import { type ActFigures, type ActOutcome, problemsOf } from '../../../../bench/chaos/verdict.js';

const MIB = 2 ** 20;
const ACCOUNT: Account = { sent: 5, answered: 5, refused: {}, cut: 0, lost: 0, twice: 0, wrong: 0 };

function act(changes: Partial<ActFigures> = {}): ActFigures {
  return {
    hub: 'plain',
    quietP50Us: 1_000,
    quietP99Us: 5_000,
    rssBeforeBytes: 150 * MIB,
    rssPeakBytes: 200 * MIB,
    rssAfterBytes: 160 * MIB,
    rounds: [],
    accounts: { 'plain, ids': ACCOUNT, 'plain, in order': ACCOUNT, SDK: ACCOUNT, REST: ACCOUNT },
    faults: [],
    ...changes,
  };
}

function measured(changes: Partial<Measured> = {}): Measured {
  const stretch = { p50Us: 1_000, p99Us: 10_000, sentBytes: 1, connects: 1, heldBack: 0 };
  return {
    attack: 'jsonp',
    outcome: 'ok',
    quiet: { p50Us: 1_000, p99Us: 5_000 },
    beside: stretch,
    under: { ...stretch, p99Us: 15_000 },
    longestGapMs: 20,
    quietRssBytes: 150 * MIB,
    peakRssBytes: 246 * MIB,
    account: ACCOUNT,
    faults: [],
    ...changes,
  };
}

test('a run in which nothing is lost, twice or wrong, whose hubs live and give their memory back, has no problem', () => {
  expect(problemsOf([act()])).toEqual([]);
});

test.each(['lost', 'twice', 'wrong'] as const)('one request that is %s fails the run', (name) => {
  const bad = { ...ACCOUNT, [name]: 1, ...(name === 'lost' && { sent: 6 }) };

  expect(problemsOf([act({ accounts: { ...act().accounts, SDK: bad } })])).toEqual([`plain: 1 ${name}`]);
});

test.each<[ActOutcome, readonly string[]]>([
  ['dead', ['plain: dead under jsonp']],
  ['hung', ['plain: hung under jsonp']],
  ['stalled', []],
])('a hub that is %s under an attack gives the problems %j', (outcome, problems) => {
  const round = {
    attacks: ['jsonp'],
    seconds: 2,
    outcome,
    p50Us: 1,
    p99Us: 1,
    longestGapMs: 1,
    peakRssBytes: 1,
  } as const;

  expect(problemsOf([act({ rounds: [{ ...round, sentBytes: 1, connects: 1 }] })])).toEqual(problems);
});

test('what a fault found of the hub fails the run, what it said of single requests is counted already', () => {
  const faults = ['SDK: request 3 was never answered', 'the hub did not drain by itself'];

  expect(problemsOf([act({ faults })])).toEqual(['plain: the hub did not drain by itself']);
});

test('memory may be 32 MiB above what it was before and no more; only a hub that had time to give it back is judged', () => {
  expect(problemsOf([act({ rssAfterBytes: 182 * MIB })])).toEqual([]);
  expect(problemsOf([act({ rssAfterBytes: 183 * MIB })])).toEqual(['plain: memory grew by 33 MiB, at most 32']);
  expect(problemsOf([act({ hub: 'clock', rssAfterBytes: 250 * MIB })])).toEqual([]);
});

test('memory that was not measured is not good', () => {
  expect(problemsOf([act({ rssAfterBytes: Number.NaN })])).toHaveLength(1);
});

test('the memory of a moment is the middle of its samples, the peak the most of a stretch', () => {
  const memory = new ResidentMemory(() => undefined);
  expect(memory.now).toBeNaN();
  for (const bytes of [10, 900, 11, 12, 13]) memory.add(bytes);

  expect(memory.now).toBe(12);
  expect([memory.takePeak(), memory.takePeak()]).toEqual([900, 0]);
  memory.close();
});

test('an attack at the limits of the measure is met', () => {
  expect(missesOf(measured())).toEqual([]);
});

test.each<[string, Partial<Measured>, string]>([
  ['memory', { peakRssBytes: 247 * MIB }, 'memory grew by 97 MiB, at most 96'],
  ['times', { under: { ...measured().under, p99Us: 16_000 } }, 'p99 is 1.60 times that beside, at most 1.5'],
  ['no answers', { under: { ...measured().under, p99Us: Number.NaN } }, 'p99 is NaN times that beside, at most 1.5'],
  ['a dead hub', { outcome: 'dead' }, 'the hub was dead'],
  ['a lost request', { account: { ...ACCOUNT, sent: 6, lost: 1 } }, '1 lost'],
  ['a drain', { faults: ['the hub did not drain by itself'] }, 'the hub did not drain by itself'],
])('the measure is missed by %s', (_title, changes, miss) => {
  expect(missesOf(measured(changes))).toEqual([miss]);
});

test('a known miss is told and does not fail, until it is half as bad again or something else is missed', () => {
  const at = (p99Us: number, changes: Partial<Measured> = {}) =>
    measured({ attack: 'predict-flood', under: { ...measured().under, p99Us }, ...changes });

  expect(missesOf(at(40_000))).toEqual([]);
  expect(knownMissOf(at(40_000))).toBe('p99 is 4.00 times that beside, at most 1.5: a known miss, 3.53 before');
  expect(knownMissOf(at(15_000))).toBeUndefined();
  expect(missesOf(at(60_000))).toEqual(['p99 is 6.00 times that beside, at most 1.5']);
  expect(missesOf(at(40_000, { outcome: 'dead' }))).toEqual(['the hub was dead']);
  expect(missesOf(at(Number.NaN))).toHaveLength(1);
});
