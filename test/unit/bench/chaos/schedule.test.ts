import { expect, test } from 'vitest';
import { attackNames } from '../../../../bench/chaos/attacks/table.js';
import { FAULTS, faultNames } from '../../../../bench/chaos/faults.js';
import { lengthOf, type ScheduleWish, scheduleOf } from '../../../../bench/chaos/schedule.js';

function wish(changes: Partial<ScheduleWish> = {}): ScheduleWish {
  return { seed: 1, minutes: 2, attacks: attackNames, faults: faultNames, overlap: 3, ...changes };
}

test('the same seed makes the same run, another seed another', () => {
  expect(scheduleOf(wish())).toEqual(scheduleOf(wish()));
  expect(scheduleOf(wish())).not.toEqual(scheduleOf(wish({ seed: 2 })));
});

test('every attack and every fault comes in two minutes, whatever the seed', () => {
  for (let seed = 0; seed < 200; seed++) {
    const acts = scheduleOf(wish({ seed }));
    const [plain, ...others] = acts;
    expect(plain?.hub).toBe('plain');
    expect(new Set(plain?.rounds.flatMap(({ attacks }) => attacks))).toEqual(new Set(attackNames));
    const rounds = [...(plain?.rounds ?? []), ...others.flatMap((act) => act.rounds)];
    expect(rounds.flatMap(({ fault }) => fault ?? []).sort()).toEqual([...faultNames].sort());
  }
});

test('a round has one to three different attacks, and a hub only the faults that it is made for', () => {
  const sizes = new Set<number>();
  for (const { hub, rounds } of scheduleOf(wish())) {
    for (const { attacks, fault } of rounds) {
      expect(new Set(attacks).size).toBe(attacks.length);
      if (hub === 'plain') sizes.add(attacks.length);
      if (fault !== undefined) expect(FAULTS[fault].on).toBe(hub);
    }
  }
  expect([...sizes].sort()).toEqual([1, 2, 3]);
});

test('twenty minutes take about twenty minutes, with a whole idle minute, and every attack comes several times', () => {
  const acts = scheduleOf(wish({ minutes: 20 }));
  const seconds = acts.reduce((sum, act) => sum + lengthOf(act), 0);
  const names = acts.flatMap((act) => act.rounds).flatMap(({ attacks }) => attacks);

  expect(acts[0]).toMatchObject({ hub: 'plain', idleSeconds: 60 });
  expect(Math.abs(seconds - 1_200)).toBeLessThan(60);
  for (const name of attackNames) expect(names.filter((one) => one === name).length).toBeGreaterThanOrEqual(2);
});

test('only what was asked for is done, and a hub that nothing is done to is not started', () => {
  const acts = scheduleOf(wish({ attacks: ['jsonp'], faults: ['kill'] }));

  expect(acts.map(({ hub }) => hub)).toEqual(['plain', 'killed']);
  expect(new Set(acts.flatMap((act) => act.rounds).flatMap(({ attacks }) => attacks))).toEqual(new Set(['jsonp']));
  expect(scheduleOf(wish({ attacks: [], faults: ['kill'] })).map(({ hub }) => hub)).toEqual(['killed']);
  expect(scheduleOf(wish({ attacks: [], faults: [] }))).toEqual([]);
});
